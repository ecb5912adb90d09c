/** What TensorFlow calls the outputs of ops, where that is not "output"; several outputs are listed in order. */
const outputNames: Record<string, string> = {
  y: "Abs Acos Acosh Asin Asinh Atan Atanh Cast Ceil ComplexAbs Cos Cosh DeepCopy Erf Exp Expm1 Floor IsFinite IsInf IsNan Log Log1p LogicalNot Neg OnesLike Reciprocal Round Rsqrt Sigmoid Sign Sin Sinh Sqrt Square Tan Tanh Transpose ZerosLike",
  z: "Add AddV2 Atan2 Div DivNoNan Equal FloorDiv FloorMod Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr Maximum Minimum Mul NotEqual Pow RealDiv SigmoidGrad SquaredDifference Sub TanhGrad",
  activations: "Elu LeakyRelu Relu Relu6 Selu Softplus",
  backprops: "EluGrad ReluGrad",
  bins: "Bincount",
  crops: "CropAndResize",
  "loss backprop": "SparseSoftmaxCrossEntropyWithLogits",
  logsoftmax: "LogSoftmax",
  out: "Complex Cumprod Cumsum",
  product: "MatMul",
  resized_images: "ResizeBilinear ResizeNearestNeighbor",
  softmax: "Softmax",
  sum: "AddN",
  value: "ReadVariableOp",
  "values indices": "TopKV2",
  "y batch_mean batch_variance reserve_space_1 reserve_space_2": "FusedBatchNorm",
  "y idx": "UniqueV2",
};

const outputsOf = new Map(
  Object.entries(outputNames).flatMap(([outputs, ops]) =>
    ops.split(" ").map((op) => [op, outputs.split(" ")] as const),
  ),
);

/** Ops with one output that is a list of tensors. */
const listOps = new Set(["Split", "SplitV", "Unpack", "While"]);

/** How the nodes of a function refer to output `index` of the node `name`; in a graph they would say `name:index`. */
export function outputName(op: string, name: string, index: number): string {
  if (listOps.has(op)) return `${name}:output:${index}`;
  return `${name}:${outputsOf.get(op)?.[index] ?? "output"}:0`;
}

/** Ops that fail on bad values, such as an index out of range: nothing may change before they have passed. */
export const fallibleOps: ReadonlySet<string> = new Set([
  "GatherV2",
  "GatherNd",
  "SparseSoftmaxCrossEntropyWithLogits",
  "UnsortedSegmentSum",
  "ScatterNd",
  "TensorScatterUpdate",
  "SparseToDense",
  "BroadcastArgs",
  "CropAndResize",
  "FloorDiv",
  "FloorMod",
  "Pow",
  "Bincount",
  "DenseBincount",
  "CheckNumerics",
  "While",
]);

/** Ops whose output shapes depend on the values of their inputs. */
export const shapedByValues: ReadonlySet<string> = new Set([
  "UniqueV2",
  "NonMaxSuppressionV3",
  "NonMaxSuppressionV4",
  "NonMaxSuppressionV5",
]);
