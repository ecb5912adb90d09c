import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { nativeBackend } from "../../../src/backends/native.js";
import { type GraphNode, savedModelBytes, tensorAttribute } from "../../../src/compile/graph/graphDef.js";
import { hasGraphs } from "../support.js";

/** A message as read by Google's protobuf library, with tfjs-node's own description of TensorFlow's formats. */
interface Shown {
  metaGraphsList: { metaInfoDef: { tagsList: string[] }; graphDef: { nodeList: Record<string, unknown>[] } }[];
}

/** The attributes as read by an independent reader. */
function readBack(nodes: GraphNode[]): { name: string; attributes: Record<string, Record<string, unknown>> }[] {
  const load = createRequire(import.meta.url);
  const messages = load("@tensorflow/tfjs-node/dist/proto/api_pb.js");
  const bytes = savedModelBytes({ nodes, functions: [] }, nativeBackend()!.binding);
  const shown = messages.SavedModel.deserializeBinary(bytes).toObject() as Shown;
  expect(shown.metaGraphsList[0]!.metaInfoDef.tagsList).toEqual(["serve"]);
  return shown.metaGraphsList[0]!.graphDef.nodeList.map(({ name, attrMap }) => ({
    name: name as string,
    attributes: Object.fromEntries(attrMap as [string, Record<string, unknown>][]),
  }));
}

describe.skipIf(!hasGraphs)("a graph in TensorFlow's format", () => {
  test("has every kind of attribute, alone and in a list", () => {
    const B = nativeBackend()!.binding;
    const attributes = [
      { name: "type", type: B.TF_ATTR_TYPE, value: B.TF_BOOL },
      { name: "int", type: B.TF_ATTR_INT, value: 123456789012 },
      { name: "negative", type: B.TF_ATTR_INT, value: -1 },
      { name: "fraction", type: B.TF_ATTR_INT, value: 7.9 }, // the addon drops the fraction
      { name: "float", type: B.TF_ATTR_FLOAT, value: -0.15625 },
      { name: "true", type: B.TF_ATTR_BOOL, value: true },
      { name: "false", type: B.TF_ATTR_BOOL, value: false },
      { name: "shape", type: B.TF_ATTR_SHAPE, value: [2, 0, 300] },
      { name: "scalar", type: B.TF_ATTR_SHAPE, value: [] },
      { name: "string", type: B.TF_ATTR_STRING, value: "NHWC é" },
      { name: "ints", type: B.TF_ATTR_INT, value: [1, -2, 300] },
      { name: "floats", type: B.TF_ATTR_FLOAT, value: [0.5, -2] },
      { name: "bools", type: B.TF_ATTR_BOOL, value: [true, false] },
      { name: "none", type: B.TF_ATTR_INT, value: [] },
    ];
    const [node] = readBack([{ name: "n", op: "Op", inputs: ["a", "b:1", "^c"], attributes }]);
    const dims = (sizes: number[]) => sizes.map((size) => expect.objectContaining({ size }));
    const base64 = Buffer.from("NHWC é").toString("base64");
    expect(node!.attributes).toMatchObject({
      type: { type: B.TF_BOOL },
      int: { i: 123456789012 },
      negative: { i: -1 },
      fraction: { i: 7 },
      float: { f: -0.15625 },
      true: { b: true },
      false: { b: false },
      shape: { shape: { dimList: dims([2, 0, 300]) } },
      scalar: { shape: { dimList: [] } },
      string: { s: base64 },
      ints: { list: { iList: [1, -2, 300] } },
      floats: { list: { fList: [0.5, -2] } },
      bools: { list: { bList: [true, false] } },
      none: { list: { iList: [] } },
    });
  });

  test("has the values of constants", () => {
    const B = nativeBackend()!.binding;
    const value = { dtype: B.TF_FLOAT, shape: [1, 2], values: Float32Array.of(1.5, -3) };
    const [node] = readBack([{ name: "n", op: "Const", inputs: [], attributes: [{ name: "value", type: tensorAttribute, value }] }]); // biome-ignore format: one node
    const tensor = node!.attributes.value!.tensor as { dtype: number; tensorContent: string };
    expect(tensor.dtype).toBe(B.TF_FLOAT);
    expect(new Float32Array(Uint8Array.from(Buffer.from(tensor.tensorContent, "base64")).buffer)).toEqual(value.values);
  });

  test("refuses attributes of a kind that a graph can't hold", () => {
    const attributes = [{ name: "odd", type: 99, value: 1 }];
    expect(() => readBack([{ name: "n", op: "Op", inputs: [], attributes }])).toThrow(
      "attribute odd has a type that a graph can't hold: 99",
    );
  });
});
