import type { NativeBinding, OpAttribute } from "../../backends/native.js";
import type { PrecisionKind } from "../../config/training.js";
import type { GraphNode } from "../graph/graphDef.js";
import type { Form } from "./outputForm.js";

/** TensorFlow's number for bfloat16, a type that tfjs does not know. */
const bfloat16Type = 14;

/** An op of the backend as the fastest graph nodes that compute the same; the last one has the op's name. */
export function graphForm(
  node: GraphNode,
  { inputs, outputs }: { inputs: Form[]; outputs: Form[] },
  { binding, precision }: { binding: NativeBinding; precision: PrecisionKind },
): GraphNode[] {
  switch (node.op) {
    case "BatchMatMulV2": {
      const product = matrixProduct(node, outputs[0]!, binding);
      const isFloat = outputs[0]!.dtype === binding.TF_FLOAT;
      return precision === "bfloat16" && isFloat ? inBfloat16(product, binding) : [product];
    }
    case "ExpandDims": {
      // tfjs-node leaves these types to be inferred; a graph must state them.
      const types = ["T", "Tdim"].map((name, i) => ({ name, type: binding.TF_ATTR_TYPE, value: inputs[i]!.dtype }));
      return [{ ...node, attributes: [...node.attributes, ...types] }];
    }
    default:
      return [node];
  }
}

/** A product of two matrices needs no op for batches of matrices. */
function matrixProduct(node: GraphNode, { shape, dtype }: Form, binding: NativeBinding): GraphNode {
  if (shape.length !== 2 || dtype !== binding.TF_FLOAT) return node;
  const names: Record<string, string> = { adj_x: "transpose_a", adj_y: "transpose_b" };
  return { ...node, op: "MatMul", attributes: node.attributes.map((a) => ({ ...a, name: names[a.name] ?? a.name })) };
}

/** A product of float32 matrices in bfloat16: its inputs are rounded, and it sums in float32. */
function inBfloat16(node: GraphNode, binding: NativeBinding): GraphNode[] {
  const type = (name: string, value: number): OpAttribute => ({ name, type: binding.TF_ATTR_TYPE, value });
  const cast = (name: string, input: string, [from, to]: readonly [number, number]): GraphNode => {
    return { name, op: "Cast", inputs: [input], attributes: [type("SrcT", from), type("DstT", to)] };
  };
  const narrow = [binding.TF_FLOAT, bfloat16Type] as const;
  const inner = `${node.name}_bfloat16`;
  const rounded = node.inputs.map((input, i) => cast(`${inner}_in${i}`, input, narrow));
  const attributes = node.attributes.map((a) => (a.name === "T" ? type("T", bfloat16Type) : a));
  const product = { ...node, name: inner, inputs: rounded.map(({ name }) => name), attributes };
  return [...rounded, product, cast(node.name, inner, [bfloat16Type, binding.TF_FLOAT])];
}
