import * as tf from "@tensorflow/tfjs";
import { sinusoids } from "../ops/sinusoids.js";
import { type CallContext, single } from "./context.js";
import { ModelLayer } from "./modelLayer.js";

export interface SinusoidalPositionsConfig {
  name?: string;
}

/**
 * Adds waves of falling frequency, one pair for each two features: `sin(t / 10000^(2i/C))` at feature `2i` and the
 * cosine of the same at `2i + 1`. In and out: `[B, T, C]`. No weights.
 *
 * @see Vaswani et al. 2017, section 3.5, https://arxiv.org/abs/1706.03762
 */
export class SinusoidalPositions extends ModelLayer {
  static readonly className = "SinusoidalPositions"; // written into model files: never rename

  constructor(config: SinusoidalPositionsConfig = {}) {
    super({ name: config.name });
  }

  override describe(): string {
    return "sinusoidal positions";
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { cache }: CallContext = {}): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs); // [B, T, C]
      const [, present, width] = x.shape as [number, number, number];
      const length = cache?.position ? cache.contextLength : present;
      const table = tf.tensor2d(sinusoids(length, width), [length, width]);
      return x.add(cache?.position ? table.gather(cache.position.expandDims(0)) : table);
    });
  }
}
tf.serialization.registerClass(SinusoidalPositions);
