import * as tf from "@tensorflow/tfjs";
import { requireInteger } from "../core/checks.js";
import { embedding } from "../ops/embedding.js";
import { linear } from "../ops/linear.js";
import { single } from "./context.js";
import { normal } from "./initializers.js";
import { ModelLayer, type StatedWeight } from "./modelLayer.js";

export interface TokenEmbeddingConfig {
  name?: string;
  /** Tokens known, `V`. */
  vocabSize: number;
  /** Width of a token's vector, `C`. */
  hiddenDim: number;
  /** Seed of the initial weights. @default 0 */
  seed?: number;
}

/**
 * A vector for each token, and, read backwards, a score for each token: `ids` `[B, T]` int32 become rows of `weight`,
 * `[B, T, C]`; given vectors `[B, T, C]` it returns `x · weightᵀ`, the logits `[B, T, V]` of a tied output.
 * Weight `weight`: `[V, C]`, starts at normal(0, 0.02).
 *
 * @throws ConfigError if `vocabSize` or `hiddenDim` is not a whole number of at least 1.
 * @see Press & Wolf 2017 (tying), https://arxiv.org/abs/1608.05859
 */
export class TokenEmbedding extends ModelLayer {
  static readonly className = "TokenEmbedding"; // written into model files: never rename
  private readonly vocabSize: number;
  private readonly hiddenDim: number;
  private readonly seed: number;

  constructor(config: TokenEmbeddingConfig) {
    super({ name: config.name });
    this.vocabSize = requireInteger("TokenEmbedding.vocabSize", config.vocabSize);
    this.hiddenDim = requireInteger("TokenEmbedding.hiddenDim", config.hiddenDim);
    this.seed = config.seed ?? 0;
  }

  override statedWeights(): Record<string, StatedWeight> {
    return { weight: { shape: [this.vocabSize, this.hiddenDim], start: normal(this.seed) } };
  }

  override describe(): string {
    return "token embedding";
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs);
      const weight = this.weight("weight") as tf.Tensor2D;
      return x.rank === 2 ? embedding(weight, x) : linear(x, weight, { transposed: true });
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const [batch, length] = inputShape;
    return [batch!, length!, inputShape.length === 2 ? this.hiddenDim : this.vocabSize];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), vocabSize: this.vocabSize, hiddenDim: this.hiddenDim, seed: this.seed };
  }
}
tf.serialization.registerClass(TokenEmbedding);
