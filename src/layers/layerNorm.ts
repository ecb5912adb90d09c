import * as tf from "@tensorflow/tfjs";
import { requireBoolean, requirePositive } from "../core/checks.js";
import { layerNorm } from "../ops/layerNorm.js";
import { single } from "./context.js";

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
export class LayerNorm extends tf.layers.Layer {
  static readonly className = "LayerNorm"; // written into model files: never rename
  private readonly epsilon: number;
  private readonly hasBias: boolean;
  private gain!: tf.LayerVariable;
  private bias: tf.LayerVariable | undefined;

  constructor(config: LayerNormConfig = {}) {
    super({ name: config.name });
    this.epsilon = requirePositive("LayerNorm.epsilon", config.epsilon ?? 1e-5);
    this.hasBias = requireBoolean("LayerNorm.bias", config.bias ?? true);
  }

  override build(inputShape: tf.Shape): void {
    const shape = inputShape.slice(-1);
    this.gain = this.addWeight("gain", shape, "float32", tf.initializers.ones());
    if (this.hasBias) this.bias = this.addWeight("bias", shape, "float32", tf.initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return layerNorm(single(inputs), this.gain.read(), this.bias?.read(), this.epsilon);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.epsilon, bias: this.hasBias };
  }
}
tf.serialization.registerClass(LayerNorm);
