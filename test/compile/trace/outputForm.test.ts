import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../../src/backends/choose.js";
import { type NativeBackend, nativeBackend, type OpAttribute } from "../../../src/backends/native.js";
import { outputForm } from "../../../src/compile/trace/outputForm.js";
import { present } from "../../support/backends.js";

/** Ops whose output form is known without executing them. */
const unary =
  "Abs Ceil Cos Elu Erf Exp Expm1 Floor Identity Log Log1p LogSoftmax Neg OnesLike Reciprocal Relu Relu6 Round Rsqrt Selu Sigmoid Sign Sin Softmax Softplus Sqrt Square Tan Tanh ZerosLike";
const binary = "Add AddV2 Div Maximum Minimum Mul Pow RealDiv SquaredDifference Sub FloorDiv FloorMod";
const comparisons = "Equal Greater GreaterEqual Less LessEqual NotEqual";
const pairs = [
  [
    [2, 3],
    [2, 3],
  ],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [[], [2]],
  [[5, 1], []],
  [[0, 3], [1]],
];

describe.runIf(present.includes("native"))("outputForm equals the form of TensorFlow's result", () => {
  let native: NativeBackend;
  const type = (name: string, dtype: number): OpAttribute => {
    return { name, type: native.binding.TF_ATTR_TYPE, value: dtype };
  };
  const bool = (name: string, value: boolean): OpAttribute => ({ name, type: native.binding.TF_ATTR_BOOL, value });
  beforeAll(async () => {
    await useBackend("native");
    native = nativeBackend()!;
  });

  function check(op: string, attributes: OpAttribute[], shapes: number[][], dtype: "float32" | "bool" = "float32") {
    tf.tidy(() => {
      const inputs = shapes.map((shape) => tf.ones(shape, dtype));
      const ids = native.getInputTensorIds(inputs);
      const { id, ...form } = native.binding.executeOp(op, attributes, ids, 1)[0]!;
      native.binding.deleteTensor(id);
      const number = dtype === "bool" ? native.binding.TF_BOOL : native.binding.TF_FLOAT;
      const known = outputForm(
        op,
        attributes,
        shapes.map((shape) => ({ shape, dtype: number })),
        native.binding,
      );
      expect(known).toEqual(form);
    });
  }

  it.each(unary.split(" "))("%s", (op) => check(op, [type("T", native.binding.TF_FLOAT)], [[3, 2]]));

  it.each([...binary.split(" "), ...comparisons.split(" ")])("%s, with broadcasting", (op) => {
    for (const shapes of pairs) check(op, [type("T", native.binding.TF_FLOAT)], shapes);
  });

  it.each(["LogicalAnd", "LogicalOr"])("%s", (op) => {
    for (const shapes of pairs) check(op, [], shapes, "bool");
  });

  it.each(["SigmoidGrad", "TanhGrad"])("%s", (op) =>
    check(
      op,
      [type("T", native.binding.TF_FLOAT)],
      [
        [2, 3],
        [2, 3],
      ],
    ),
  );

  it.each([
    [false, false, [5, 2, 3], [1, 3, 4]],
    [true, false, [2, 3, 2], [2, 3, 4]],
    [false, true, [2, 3], [4, 3]],
    [true, true, [1, 3, 2], [6, 5, 4, 3]],
  ])("BatchMatMulV2, transposed %s and %s", (x, y, a, b) => {
    check("BatchMatMulV2", [type("T", native.binding.TF_FLOAT), bool("adj_x", x), bool("adj_y", y)], [a, b]);
  });

  it("BiasAdd, BiasAddGrad, L2Loss, Cast, AddN", () => {
    const float = native.binding.TF_FLOAT;
    check("BiasAdd", [type("T", float)], [[2, 3, 4], [4]]);
    check("BiasAddGrad", [type("T", float)], [[2, 3, 4]]);
    check("L2Loss", [type("T", float)], [[2, 3]]);
    check("Cast", [type("SrcT", float), type("DstT", native.binding.TF_INT32), bool("Truncate", false)], [[2]]);
    const count = { name: "N", type: native.binding.TF_ATTR_INT, value: 2 };
    check(
      "AddN",
      [type("T", float), count],
      [
        [2, 3],
        [2, 3],
      ],
    );
  });

  it("is undefined for shapes that do not fit, and for other ops", () => {
    const forms = (...shapes: number[][]) => shapes.map((shape) => ({ shape, dtype: native.binding.TF_FLOAT }));
    expect(outputForm("Add", [], forms([2], [3]), native.binding)).toBeUndefined();
    expect(outputForm("BatchMatMulV2", [], forms([2, 3], [4, 2]), native.binding)).toBeUndefined();
    expect(outputForm("Unique", [], forms([2]), native.binding)).toBeUndefined();
  });
});
