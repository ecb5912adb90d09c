import * as tf from "@tensorflow/tfjs";
import { nativeBackend, typeAttribute } from "../backends/native.js";
import { Random } from "../core/random.js";

/** Where a layer's randomness comes from: one number a step, and one for each place that draws. */
export interface DropoutSeed {
  /** Scalar int32, new for every step. */
  step: tf.Scalar;
  /** Which of the model's dropouts this is. */
  site: number;
}

/**
 * What dropout multiplies activations by: 0 with probability `rate`, else `1 / (1 - rate)`, so that the expected sum
 * stays the same. The same seed gives the same mask. Out: `shape`, float32.
 *
 * @see Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
 */
export function dropoutMask(shape: number[], rate: number, seed: DropoutSeed): tf.Tensor {
  return tf.tidy(() =>
    uniform(shape, seed)
      .greaterEqual(rate)
      .cast("float32")
      .mul(1 / (1 - rate)),
  );
}

/** Uniform numbers in [0, 1): TensorFlow's counter-based generator on native, ours elsewhere. */
function uniform(shape: number[], { step, site }: DropoutSeed): tf.Tensor {
  const native = nativeBackend();
  if (!native) {
    const random = new Random(step.dataSync()[0]! >>> 0, `dropout.${site}`);
    const values = new Float32Array(tf.util.sizeFromShape(shape));
    for (let i = 0; i < values.length; i++) values[i] = random.uniform01();
    return tf.tensor(values, shape);
  }
  const attributes = [
    typeAttribute(native, "dtype", "float32"),
    typeAttribute(native, "T", "int32"),
    typeAttribute(native, "Tseed", "int32"),
  ];
  const seed = tf.stack([step, tf.scalar(site, "int32")]);
  return native.executeSingleOutput("StatelessRandomUniform", attributes, [tf.tensor1d(shape, "int32"), seed]);
}
