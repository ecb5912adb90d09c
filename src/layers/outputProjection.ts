import * as tf from "@tensorflow/tfjs";
import { requireInteger } from "../core/checks.js";
import { linear } from "../ops/linear.js";
import { single } from "./context.js";
import { normal } from "./initializers.js";
import { ModelLayer, type StatedWeight } from "./modelLayer.js";

export interface OutputProjectionConfig {
  name?: string;
  /** Tokens known, `V`. */
  vocabSize: number;
  /** Seed of the initial weights. @default 0 */
  seed?: number;
}

/**
 * A score for each token, with weights of its own: `x · weightᵀ`. In: `[B, T, C]`. Out: `[B, T, V]`.
 * Weight `weight`: `[V, C]`, starts at normal(0, 0.02). A tied model uses its TokenEmbedding instead.
 *
 * @throws ConfigError if `vocabSize` is not a whole number of at least 1.
 */
export class OutputProjection extends ModelLayer {
  static readonly className = "OutputProjection"; // written into model files: never rename
  private readonly vocabSize: number;
  private readonly seed: number;

  constructor(config: OutputProjectionConfig) {
    super({ name: config.name });
    this.vocabSize = requireInteger("OutputProjection.vocabSize", config.vocabSize);
    this.seed = config.seed ?? 0;
  }

  override statedWeights(width: number): Record<string, StatedWeight> {
    return { weight: { shape: [this.vocabSize, width], start: normal(this.seed) } };
  }

  override describe(): string {
    return "logits";
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return linear(single(inputs), this.weight("weight"), { transposed: true });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return [...inputShape.slice(0, -1), this.vocabSize];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), vocabSize: this.vocabSize, seed: this.seed };
  }
}
tf.serialization.registerClass(OutputProjection);
