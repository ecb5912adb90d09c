import * as tf from "@tensorflow/tfjs";
import { type NativeBackend, nativeBackend, type OpAttribute, typeAttribute } from "../backends/native.js";
import { Random } from "../core/random.js";

/** Where a layer's randomness comes from: one number a step, and one for each place that draws. */
export interface DropoutSeed {
  /** Scalar int32, new for every step. */
  step: tf.Scalar;
  /** Which of the model's dropouts this is. */
  site: number;
  /** Where in the batch the first row (sequence) stands: the rows before it belong to others. @default 0 */
  firstRow?: number;
}

/**
 * What dropout multiplies activations by: 0 with probability `rate`, else `1 / (1 - rate)`, so that the expected sum
 * stays the same. The same seed gives the same mask; rows drawn from `firstRow` on are those of the whole batch's mask.
 * Out: `shape` (rows first), float32.
 *
 * @see Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
 */
export function dropoutMask(shape: number[], rate: number, seed: DropoutSeed): tf.Tensor {
  return tf.tidy(() => {
    const native = nativeBackend();
    const size = tf.util.sizeFromShape(shape);
    const before = (seed.firstRow ?? 0) * (size / shape[0]!);
    const uniform = native ? drawnByTensorFlow(native, seed, before, size) : drawnHere(seed, before, size);
    return uniform
      .reshape(shape)
      .greaterEqual(rate)
      .cast("float32")
      .mul(1 / (1 - rate));
  });
}

/** Numbers that TensorFlow's generator makes for each value of its counter. */
const group = 4;

/** TensorFlow's names for a type and for the generator Philox, as its C library numbers them. */
const uint64 = 23;
const philox = 1;

/**
 * The numbers from `before` on of the stream of a seed, uniform in [0, 1), by TensorFlow's counter-based generator.
 *
 * @see Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405
 */
function drawnByTensorFlow(
  native: NativeBackend,
  { step, site }: DropoutSeed,
  before: number,
  size: number,
): tf.Tensor1D {
  const { binding } = native;
  const type = (name: string, value: number): OpAttribute => ({ name, type: binding.TF_ATTR_TYPE, value });
  const idOf = (tensor: tf.Tensor) => native.getInputTensorIds([tensor])[0]!;
  // The generator takes its key and its counter as uint64, which TensorFlow.js does not have: as int32 pairs, low first.
  const asUint64 = (pairs: tf.Tensor) =>
    binding.executeOp("Bitcast", [typeAttribute(native, "T", "int32"), type("type", uint64)], [idOf(pairs)], 1)[0]!.id;
  const surplus = before % group;
  const [key, counter] = [
    asUint64(tf.stack([step, tf.scalar(site, "int32")]).expandDims(0)), // [1, 2]
    asUint64(tf.tensor2d([(before - surplus) / group, 0, 0, 0], [2, 2], "int32")),
  ];
  const inputs = [idOf(tf.tensor1d([surplus + size], "int32")), key, counter, idOf(tf.scalar(philox, "int32"))];
  const attributes = [typeAttribute(native, "dtype", "float32"), typeAttribute(native, "Tshape", "int32")];
  const [drawn] = binding.executeOp("StatelessRandomUniformV2", attributes, inputs, 1);
  for (const id of [key, counter]) binding.deleteTensor(id);
  const uniform = native.createOutputTensor(drawn!) as tf.Tensor1D;
  return surplus === 0 ? uniform : uniform.slice([surplus]);
}

/** The same, by our own generator: of other numbers, on backends that have none. */
function drawnHere({ step, site }: DropoutSeed, before: number, size: number): tf.Tensor1D {
  const random = new Random(step.dataSync()[0]! >>> 0, `dropout.${site}`);
  for (let i = 0; i < before; i++) random.uniform01();
  return tf.tensor1d(Float32Array.from({ length: size }, () => random.uniform01()));
}
