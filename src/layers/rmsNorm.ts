import * as tf from "@tensorflow/tfjs";
import { requirePositive } from "../core/checks.js";
import { single } from "./context.js";
import { ones } from "./initializers.js";
import type { StatedWeight } from "./modelLayer.js";
import { NormLayer } from "./normLayer.js";

export interface RmsNormConfig {
  name?: string;
  /** Added to the mean square before the root. @default 1e-5 */
  epsilon?: number;
}

/**
 * Root-mean-square norm over features: `gain * x / sqrt(mean(x²) + epsilon)`. It has no bias.
 * In and out: `[B, T, C]` float32. Weight `gain` `[C]`, starts at 1.
 *
 * @throws ConfigError if `epsilon` is not a finite number above 0.
 * @see Zhang & Sennrich 2019, https://arxiv.org/abs/1910.07467
 */
export class RmsNorm extends NormLayer {
  static readonly className = "RmsNorm"; // written into model files: never rename
  override readonly isCentered = false;
  private readonly epsilon: number;

  constructor(config: RmsNormConfig = {}) {
    super({ name: config.name });
    this.epsilon = requirePositive("RmsNorm.epsilon", config.epsilon ?? 1e-5);
  }

  override statedWeights(width: number): Record<string, StatedWeight> {
    return { gain: { shape: [width], start: ones } };
  }

  override describe(): string {
    return "RMS norm";
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = single(inputs);
    return this.withScaleOf(x, x);
  }

  override withScaleOf(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
    return tf.tidy(() => {
      const meanSquare = x.square().mean(-1, true); // [..., 1]
      return y.mul(meanSquare.add(this.epsilon).rsqrt()).mul(this.weight("gain"));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.epsilon };
  }
}
tf.serialization.registerClass(RmsNorm);
