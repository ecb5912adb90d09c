import * as tf from "@tensorflow/tfjs";
import { capabilities } from "../backends/capabilities.js";
import { Random } from "../core/random.js";

/** tfjs's type of an initializer, which it does not export. */
type Initializer = ReturnType<typeof tf.initializers.zeros>;

/** GPT-2's spread of initial weights. */
export const initialStddev = 0.02;

/** Normal(0, stddev) numbers that depend on `seed` and `stream` (the weight's name) alone: the same on every backend. */
export function seededNormal(config: { seed: number; stream: string; stddev: number }): Initializer {
  const apply = (shape: tf.Shape): tf.Tensor => {
    const random = new Random(config.seed, config.stream);
    const values = new Float32Array(tf.util.sizeFromShape(shape as number[]));
    for (let i = 0; i < values.length; i++) values[i] = config.stddev * random.nextNormal();
    return tf.tidy(() => capabilities().copy(tf.tensor(values, shape as number[])));
  };
  return { apply } as unknown as Initializer;
}
