import type { NativeBinding, OpAttribute } from "../../backends/native.js";

/** The shape and type of a tensor. */
export interface Form {
  shape: number[];
  dtype: number;
}

const same = new Set(
  "Abs BiasAdd Ceil Cos Elu Erf Exp Expm1 Floor Identity LeakyRelu Log Log1p LogSoftmax Neg OnesLike Reciprocal Relu Relu6 Round Rsqrt Selu Sigmoid Sign Sin Softmax Softplus Sqrt Square Tan Tanh ZerosLike AddN".split(
    " ",
  ),
);
const broadcast = new Set(
  "Add AddV2 Div Maximum Minimum Mul Pow RealDiv SigmoidGrad SquaredDifference Sub TanhGrad FloorDiv FloorMod".split(
    " ",
  ),
);
const comparison = new Set("Equal Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr NotEqual".split(" "));

/**
 * The form of an op's output, from the forms of its inputs; undefined for an op that is not known here. Known are the
 * ops that would take longest to execute instead.
 */
export function outputForm(
  op: string,
  attributes: readonly OpAttribute[],
  inputs: readonly Form[],
  { TF_BOOL }: Pick<NativeBinding, "TF_BOOL">,
): Form | undefined {
  const [a, b] = inputs as [Form, Form];
  const attribute = (name: string) => attributes.find((given) => given.name === name)?.value;
  if (same.has(op)) return { shape: a.shape, dtype: a.dtype };
  if (broadcast.has(op)) return formOf(broadcastShape(a.shape, b.shape), a.dtype);
  if (comparison.has(op)) return formOf(broadcastShape(a.shape, b.shape), TF_BOOL);
  switch (op) {
    case "BatchMatMulV2":
      return formOf(productShape(a.shape, b.shape, !!attribute("adj_x"), !!attribute("adj_y")), a.dtype);
    case "BiasAddGrad":
      return { shape: a.shape.slice(-1), dtype: a.dtype };
    case "Cast":
      return { shape: a.shape, dtype: attribute("DstT") as number };
    case "L2Loss":
      return { shape: [], dtype: a.dtype };
    default:
      return undefined;
  }
}

function formOf(shape: number[] | undefined, dtype: number): Form | undefined {
  return shape && { shape, dtype };
}

/** The shape that both broadcast to, by TensorFlow's rule; undefined if there is none. */
function broadcastShape(a: number[], b: number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const [left, right] = [a, b].map((shape) => [...Array<number>(rank - shape.length).fill(1), ...shape]);
  if (left!.some((size, i) => size !== right![i] && size !== 1 && right![i] !== 1)) return undefined;
  return left!.map((size, i) => (size === 1 ? right![i]! : size));
}

function productShape(a: number[], b: number[], transposeA: boolean, transposeB: boolean): number[] | undefined {
  const [rows, inner] = transposeA ? [a.at(-1)!, a.at(-2)!] : [a.at(-2)!, a.at(-1)!];
  const [innerB, columns] = transposeB ? [b.at(-1)!, b.at(-2)!] : [b.at(-2)!, b.at(-1)!];
  if (inner !== innerB) return undefined;
  return broadcastShape([...a.slice(0, -2), rows, columns], [...b.slice(0, -2), rows, columns]);
}
