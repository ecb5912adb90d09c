import * as tf from "@tensorflow/tfjs";

/** Inputs for the ops of the table. */
export interface Samples {
  /** `[4, 6]` float32: `x` and `y` in (-2, 2), `p` in (0.1, 2.1), `u` in (-0.9, 0.9). */
  x: tf.Tensor2D;
  y: tf.Tensor2D;
  p: tf.Tensor2D;
  u: tf.Tensor2D;
  /** `[4, 6]` int32 in [1, 5]. */
  n: tf.Tensor2D;
  /** `[4, 6]` bool. */
  b: tf.Tensor2D;
  /** `[2, 4, 4, 2]`: images. */
  image: tf.Tensor4D;
  /** `[1, 4, 4, 4, 2]`. */
  volume: tf.Tensor5D;
}

type Op = (samples: Samples) => tf.Tensor | tf.Tensor[];

const unary = [
  "abs ceil cos cosh elu erf exp expm1 floor isFinite isInf isNaN leakyRelu logSigmoid neg relu relu6 round",
  "selu sigmoid sign sin sinh softplus square step tan tanh softmax logSoftmax onesLike zerosLike atan asinh reciprocal",
]
  .join(" ")
  .split(" ");
const unaryPositive = "log log1p rsqrt sqrt".split(" ");
const unarySmall = "acos asin atanh".split(" ");
const binary = "add sub mul div maximum minimum squaredDifference atan2 floorDiv mod divNoNan".split(" ");
const compare = "equal notEqual less lessEqual greater greaterEqual".split(" ");
const reductions = "sum mean max min prod argMax argMin logSumExp".split(" ");

/** tfjs's functions by name, for the table. */
const call = tf as unknown as Record<string, (...args: unknown[]) => tf.Tensor>;

const unaryOps = (names: string[], sample: keyof Samples) => {
  return names.map((name) => [name, (s: Samples) => call[name]!(s[sample])] as const);
};

/** The numbers in the shape of a convolution's weights. */
const kernel = (x: tf.Tensor, shape: number[]) => x.flatten().slice(0, tf.util.sizeFromShape(shape)).reshape(shape);

/** Every kernel of tfjs-node that takes and returns numbers, through tfjs's own functions. */
export const opTable: Record<string, Op> = {
  ...Object.fromEntries([
    ...unaryOps(unary, "x"),
    ...unaryOps(unaryPositive, "p"),
    ...unaryOps(unarySmall, "u"),
    ...binary.map((name) => [name, ({ x, p }: Samples) => call[name]!(x, p)]),
    ...binary.slice(0, 4).map((name) => [`${name} of int32`, ({ n }: Samples) => call[name]!(n, n.reverse(1))]),
    ...compare.map((name) => [name, ({ x, y }: Samples) => call[name]!(x, y)]),
    ...reductions.map((name) => [name, ({ x }: Samples) => call[name]!(x, 1)]),
  ]),
  acosh: ({ p }) => p.add(1).acosh(),
  addN: ({ x, y, p }) => tf.addN([x, y, p]),
  all: ({ b }) => b.all(1),
  any: ({ b }) => b.any(0, true),
  avgPool: ({ image }) => image.avgPool(2, 2, "same"),
  avgPool3d: ({ volume }) => tf.avgPool3d(volume, 2, 2, "valid"),
  batchNorm: ({ image, p }) =>
    tf.batchNorm(image, p.slice([0, 0], [1, 2]).flatten(), p.slice([1, 0], [1, 2]).flatten()),
  batchToSpaceND: ({ image }) => image.tile([2, 1, 1, 1]).batchToSpaceND([2, 2], [[0, 0], [0, 0]]), // biome-ignore format: a crop a row
  bincount: ({ n }) => tf.bincount(n.flatten() as tf.Tensor1D, tf.tensor1d([]), 6),
  broadcastTo: ({ x }) => x.slice([0, 0], [1, 6]).broadcastTo([4, 6]),
  cast: ({ x }) => [x.cast("int32"), x.cast("bool"), x.cast("int32").cast("float32")],
  clipByValue: ({ x }) => x.clipByValue(-0.5, 1),
  complex: ({ x, y }) => [tf.real(tf.complex(x, y)), tf.imag(tf.complex(x, y)), tf.abs(tf.complex(x, y))],
  concat: ({ x, y }) => tf.concat([x, y, x], 1),
  conv1d: ({ image, x }) =>
    tf.conv1d(image.reshape([8, 4, 2]) as tf.Tensor3D, x.reshape([3, 2, 4]) as tf.Tensor3D, 1, "same"),
  conv2d: ({ image, x }) => tf.conv2d(image, kernel(x, [2, 2, 2, 2]) as tf.Tensor4D, [1, 2], "same"),
  conv2dTranspose: ({ image, x }) =>
    tf.conv2dTranspose(image, kernel(x, [2, 2, 2, 2]) as tf.Tensor4D, [2, 8, 8, 2], 2, "same"),
  conv3d: ({ volume, x }) => tf.conv3d(volume, kernel(x, [2, 2, 2, 2, 1]) as tf.Tensor5D, 1, "valid"),
  cropAndResize: ({ image }) => tf.image.cropAndResize(image, [[0.1, 0.1, 0.8, 0.9]], [1], [3, 3]),
  cumprod: ({ p }) => tf.cumprod(p, 1, true, true),
  cumsum: ({ x }) => x.cumsum(0, true, true),
  depthToSpace: ({ image }) => tf.depthToSpace(tf.concat([image, image], 3), 2),
  depthwiseConv2d: ({ image, x }) => tf.depthwiseConv2d(image, kernel(x, [2, 2, 2, 1]) as tf.Tensor4D, 1, "same"),
  diag: ({ x }) => tf.diag(x.flatten()),
  dilation2d: ({ image, x }) => tf.dilation2d(image, kernel(x, [2, 2, 2]) as tf.Tensor3D, 1, "same"),
  einsum: ({ x, y }) => tf.einsum("ij,kj->ik", x, y),
  expandDims: ({ x, n, b }) => [x.expandDims(1), n.expandDims(0), b.expandDims(2)],
  eye: () => tf.eye(3),
  fft: ({ x, y }) => tf.real(tf.complex(x, y).fft()),
  fill: () => [tf.fill([2, 2], 3), tf.zeros([2]), tf.ones([3], "int32")],
  flipLeftRight: ({ image }) => tf.image.flipLeftRight(image),
  fusedConv2d: ({ image, x }) =>
    tf.fused.conv2d({
      x: image,
      filter: kernel(x, [2, 2, 2, 2]) as tf.Tensor4D,
      strides: 1,
      pad: "same",
      activation: "relu",
    }),
  fusedMatMul: ({ x, y }) =>
    tf.fused.matMul({ a: x, b: y, transposeB: true, bias: x.slice([0, 0], [1, 4]), activation: "relu" }),
  gather: ({ x, n, b }) => [x.gather(tf.tensor1d([2, 0, 3], "int32"), 1), n.gather([1, 1]), b.gather([3, 0])],
  gatherND: ({ x, n }) => tf.gatherND(x, n.slice([0, 0], [3, 2]).sub(tf.scalar(2, "int32")).abs() as tf.Tensor2D),
  identity: ({ x }) => x.clone(),
  ifft: ({ x, y }) => tf.imag(tf.complex(x, y).ifft()),
  linspace: ({ x }) => x.add(tf.linspace(0, 1, 6)),
  localResponseNormalization: ({ image }) => image.localResponseNormalization(1, 0.5, 0.3, 0.4),
  logicalAnd: ({ x, b }) => b.logicalAnd(x.greater(0)),
  logicalNot: ({ b }) => b.logicalNot(),
  logicalOr: ({ x, b }) => b.logicalOr(x.greater(0)),
  logicalXor: ({ x, b }) => b.logicalXor(x.greater(0)),
  matMul: ({ x, y }) => [x.matMul(y, false, true), x.matMul(y, true), x.transpose().matMul(y)],
  "matMul of batches": ({ x, y }) => tf.matMul(x.reshape([2, 2, 6]), y.reshape([2, 2, 6]), true, false),
  maxPool: ({ image }) => image.maxPool(2, 1, "valid"),
  maxPool3d: ({ volume }) => tf.maxPool3d(volume, 2, 2, "same"),
  mirrorPad: ({ x }) => [tf.mirrorPad(x, [[1, 1], [2, 0]], "reflect"), tf.mirrorPad(x, [[1, 0], [0, 1]], "symmetric")], // biome-ignore format: a pair a row
  moments: ({ x }) => Object.values(tf.moments(x, 1)),
  norm: ({ x }) => [x.norm(), x.norm(1, 0)],
  oneHot: ({ n }) => [tf.oneHot(n.flatten() as tf.Tensor1D, 6), tf.oneHot(n, 6, 2, -1)],
  pad: ({ x }) => x.pad([[1, 0], [0, 2]], 7), // biome-ignore format: a pair a row
  pow: ({ p, x }) => p.pow(x),
  prelu: ({ x, p }) => x.prelu(p),
  range: ({ n }) => n.add(tf.range(0, 6, 1, "int32")),
  reshape: ({ x, b }) => [x.reshape([2, 3, 4]), x.flatten(), b.as1D()],
  resizeBilinear: ({ image }) => [image.resizeBilinear([3, 7]), image.resizeBilinear([8, 8], true)],
  resizeNearestNeighbor: ({ image }) => image.resizeNearestNeighbor([8, 3], false, true),
  reverse: ({ x }) => [x.reverse(1), x.reverse()],
  scatterND: ({ x }) => tf.scatterND(tf.tensor2d([[1], [3]], [2, 1], "int32"), x.slice([0, 0], [2, 6]), [5, 6]),
  separableConv2d: ({ image, x }) =>
    tf.separableConv2d(
      image,
      kernel(x, [2, 2, 2, 1]) as tf.Tensor4D,
      kernel(x, [1, 1, 2, 2]) as tf.Tensor4D,
      1,
      "same",
    ),
  slice: ({ x, b }) => [x.slice([1, 2], [2, 3]), b.slice([0, 1], [4, 2])],
  spaceToBatchND: ({ image }) => image.spaceToBatchND([2, 2], [[0, 0], [0, 0]]), // biome-ignore format: a pair a row
  split: ({ x, n }) => [...x.split(3, 1), ...n.split([1, 3], 0)],
  squeeze: ({ x }) => x.slice([0, 0], [1, 6]).squeeze([0]),
  stack: ({ x, y, b }) => [tf.stack([x, y], 1), tf.stack([b, b])],
  stridedSlice: ({ x }) => [x.stridedSlice([0, 1], [4, 6], [2, 3]), x.stridedSlice([3, 0], [0, 6], [-1, 2], 0, 2)],
  tensorScatterUpdate: ({ x }) => tf.tensorScatterUpdate(x, tf.tensor2d([[1], [3]], [2, 1], "int32"), tf.zeros([2, 6])),
  tile: ({ x, n }) => [x.tile([2, 1]), n.tile([1, 2])],
  topk: ({ x }) => Object.values(tf.topk(x, 2)),
  transpose: ({ x, image }) => [x.transpose(), image.transpose([0, 3, 1, 2])],
  unsortedSegmentSum: ({ x }) => tf.unsortedSegmentSum(x, tf.tensor1d([2, 0, 2, 1], "int32"), 3),
  unstack: ({ x, b }) => [...x.unstack(1), ...b.unstack()],
  where: ({ x, y, b }) => tf.where(b, x, y),
  crossEntropy: ({ x, p }) => tf.losses.softmaxCrossEntropy(p.softmax(), x),
  // Kernels that only gradients use.
  "gradient of avgPool": ({ image }) => tf.grad((v) => (v as tf.Tensor4D).avgPool(2, 2, "same").square())(image),
  "gradient of avgPool3d": ({ volume }) =>
    tf.grad((v) => tf.avgPool3d(v as tf.Tensor5D, 2, 2, "same").square())(volume),
  "gradient of conv2d": ({ image, x }) =>
    tf.grads((v, w) => tf.conv2d(v as tf.Tensor4D, w as tf.Tensor4D, 1, "same").square())([
      image,
      kernel(x, [2, 2, 2, 2]),
    ]),
  "gradient of conv3d": ({ volume, x }) =>
    tf.grads((v, w) => tf.conv3d(v as tf.Tensor5D, w as tf.Tensor5D, 1, "same").square())([
      volume,
      kernel(x, [2, 2, 2, 2, 1]),
    ]),
  "gradient of depthwiseConv2d": ({ image, x }) =>
    tf.grads((v, w) => tf.depthwiseConv2d(v as tf.Tensor4D, w as tf.Tensor4D, 1, "same").square())([
      image,
      kernel(x, [2, 2, 2, 1]),
    ]),
  "gradient of elu": ({ x }) => tf.grad((v) => v.elu().square())(x),
  "gradient of gather": ({ x }) => tf.grad((v) => v.gather([1, 1, 3]).square())(x),
  "gradient of localResponseNormalization": ({ image }) =>
    tf.grad((v) => (v as tf.Tensor4D).localResponseNormalization(1, 0.5, 0.3, 0.4))(image),
  "gradient of maxPool": ({ image }) => tf.grad((v) => (v as tf.Tensor4D).maxPool(2, 2, "same").square())(image),
  "gradient of maxPool3d": ({ volume }) =>
    tf.grad((v) => tf.maxPool3d(v as tf.Tensor5D, 2, 2, "same").square())(volume),
  "gradient of resizeBilinear": ({ image }) =>
    tf.grad((v) => (v as tf.Tensor4D).resizeBilinear([7, 5]).square())(image),
  "gradient of resizeNearestNeighbor": ({ image }) =>
    tf.grad((v) => (v as tf.Tensor4D).resizeNearestNeighbor([8, 8]).square())(image),
  "gradient of selu": ({ x }) => tf.grad((v) => v.selu().square())(x),
};
