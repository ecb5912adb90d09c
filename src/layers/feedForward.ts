import * as tf from "@tensorflow/tfjs";
import { type ActivationKind, activationKinds } from "../config/model.js";
import { requireBoolean, requireInteger, requireOneOf, requirePositive, requireRange } from "../core/checks.js";
import { activations } from "../ops/activation.js";
import { type CallContext, single, tapped } from "./context.js";
import { dropped } from "./dropout.js";
import { ModelLayer, projection, type StatedWeight } from "./modelLayer.js";

export interface FeedForwardConfig {
  name?: string;
  /** Width inside, `F`. */
  intermediateDim: number;
  /** The non-linearity between the two products. @default "gelu_new" */
  activation?: ActivationKind;
  /** Whether the projections add a bias. @default true */
  bias?: boolean;
  /** Share of outputs zeroed while training. @default 0 */
  dropout?: number;
  /** The dropout site used here (see Dropout). @default 0 */
  site?: number;
  /** What the second projection's initial weights are multiplied by: 1/sqrt(2L) in a stack of L blocks. @default 1 */
  outputScale?: number;
  /** Seed of the initial weights. @default 0 */
  seed?: number;
}

/**
 * What a block does with each token on its own: `activation(x · up.weight + up.bias) · down.weight + down.bias`.
 * In and out: `[B, T, C]`. Weights: `up.weight` `[C, F]`, `up.bias` `[F]`, `down.weight` `[F, C]`, `down.bias` `[C]`;
 * matrices start at normal(0, 0.02), biases at 0.
 *
 * @throws ConfigError if a field breaks its rule.
 * @see Vaswani et al. 2017, section 3.3, https://arxiv.org/abs/1706.03762
 */
export class FeedForward extends ModelLayer {
  static readonly className = "FeedForward"; // written into model files: never rename
  private readonly config: Required<Omit<FeedForwardConfig, "name">>;

  constructor(config: FeedForwardConfig) {
    super({ name: config.name });
    this.config = {
      intermediateDim: requireInteger("FeedForward.intermediateDim", config.intermediateDim),
      activation: requireOneOf("FeedForward.activation", config.activation ?? "gelu_new", activationKinds),
      bias: requireBoolean("FeedForward.bias", config.bias ?? true),
      dropout: requireRange("FeedForward.dropout", config.dropout ?? 0, 0, 0.9),
      site: requireInteger("FeedForward.site", config.site ?? 0, 0),
      outputScale: requirePositive("FeedForward.outputScale", config.outputScale ?? 1),
      seed: config.seed ?? 0,
    };
  }

  override statedWeights(width: number): Record<string, StatedWeight> {
    const { intermediateDim, bias, seed, outputScale: scale } = this.config;
    return {
      ...projection("up", [width, intermediateDim], { bias, seed }),
      ...projection("down", [intermediateDim, width], { bias, seed, scale }),
    };
  }

  override describe(width: number): string {
    const { intermediateDim, activation } = this.config;
    return `feed-forward ${width} to ${intermediateDim} to ${width}, ${activation}`;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], context: CallContext = {}): tf.Tensor {
    return tf.tidy(() => {
      const up = tapped(context, this.name, "preActivation", this.project(single(inputs), "up")); // [B, T, F]
      const active = tapped(context, this.name, "activation", activations[this.config.activation](up));
      const y = this.project(active, "down"); // [B, T, C]
      return dropped(y, this.config, context);
    });
  }

  /** Undoes what tfjs does to every text when it saves a model: it spells `gelu_new` as `geluNew`. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    return new cls({ ...config, activation: config.activation === "geluNew" ? "gelu_new" : config.activation });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(FeedForward);
