import * as tf from "@tensorflow/tfjs";
import { capabilities } from "../backends/capabilities.js";
import { Random } from "../core/random.js";

/** tfjs's type of an initializer, which it does not export. */
type Initializer = ReturnType<typeof tf.initializers.zeros>;

/** How a weight starts, given its full name, such as `blocks.0.attention.qkv.weight`. */
export type Start = (weight: string) => Initializer;

export const zeros: Start = () => tf.initializers.zeros();
export const ones: Start = () => tf.initializers.ones();

/** GPT-2's spread of initial weights. */
const stddev = 0.02;

/** Normal(0, 0.02 · scale) numbers that depend on `seed` and the weight's name alone: the same on every backend. */
export function normal(seed: number, scale = 1): Start {
  return (weight) => {
    const apply = (shape: tf.Shape): tf.Tensor => {
      const random = new Random(seed, weight);
      const values = new Float32Array(tf.util.sizeFromShape(shape as number[]));
      for (let i = 0; i < values.length; i++) values[i] = stddev * scale * random.nextNormal();
      return tf.tidy(() => capabilities().copy(tf.tensor(values, shape as number[])));
    };
    return { apply } as unknown as Initializer;
  };
}
