import * as tf from "@tensorflow/tfjs";
import { requireBoolean, requirePositive } from "../core/checks.js";
import { layerNorm } from "../ops/layerNorm.js";
import { single } from "./context.js";
import { ones, zeros } from "./initializers.js";
import type { StatedWeight } from "./modelLayer.js";
import { NormLayer } from "./normLayer.js";

export interface LayerNormConfig {
  name?: string;
  /** Added to the variance before the root. @default 1e-5 */
  epsilon?: number;
  /** Whether a bias is added. @default true */
  bias?: boolean;
}

/**
 * Layer norm over features: `gain * (x - mean(x)) / sqrt(variance(x) + epsilon) + bias`.
 * In and out: `[B, T, C]` float32. Weights `gain` `[C]`, starts at 1, and `bias` `[C]`, starts at 0.
 *
 * @throws ConfigError if a field breaks its rule.
 * @see Ba, Kiros & Hinton 2016, https://arxiv.org/abs/1607.06450
 */
export class LayerNorm extends NormLayer {
  static readonly className = "LayerNorm"; // written into model files: never rename
  override readonly isCentered = true;
  private readonly epsilon: number;
  private readonly hasBias: boolean;

  constructor(config: LayerNormConfig = {}) {
    super({ name: config.name });
    this.epsilon = requirePositive("LayerNorm.epsilon", config.epsilon ?? 1e-5);
    this.hasBias = requireBoolean("LayerNorm.bias", config.bias ?? true);
  }

  override statedWeights(width: number): Record<string, StatedWeight> {
    const gain = { shape: [width], start: ones };
    return this.hasBias ? { gain, bias: { shape: [width], start: zeros } } : { gain };
  }

  override describe(): string {
    return "layer norm";
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return layerNorm(single(inputs), this.weight("gain"), this.optionalWeight("bias"), this.epsilon);
  }

  override withScaleOf(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
    return tf.tidy(() => {
      const variance = tf.moments(x, -1, true).variance; // [..., 1]
      const scaled = y.sub(y.mean(-1, true)).mul(variance.add(this.epsilon).rsqrt()).mul(this.weight("gain"));
      const bias = this.optionalWeight("bias");
      return bias ? scaled.add(bias) : scaled;
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.epsilon, bias: this.hasBias };
  }
}
tf.serialization.registerClass(LayerNorm);
