import * as tf from "@tensorflow/tfjs";
import { requireBoolean, requireInteger, requirePositive, requireRange } from "../core/checks.js";
import { ConfigError } from "../core/errors.js";
import { attention, attentionScores, type WeightDropout } from "../ops/attention.js";
import { causalMask } from "../ops/causalMask.js";
import { dropoutMask } from "../ops/dropout.js";
import { type CallContext, single, tapped } from "./context.js";
import { dropoutSeed, dropped } from "./dropout.js";
import { ModelLayer, projection, type StatedWeight } from "./modelLayer.js";
import type { Point } from "./points.js";

export interface CausalSelfAttentionConfig {
  name?: string;
  /** Attention heads, `H`; divides the input's width. */
  numHeads: number;
  /** Whether the projections add a bias. @default true */
  bias?: boolean;
  /** Share of attention weights, and of outputs, zeroed while training. @default 0 */
  dropout?: number;
  /** First of the two dropout sites used here (see Dropout). @default 0 */
  site?: number;
  /** What the output projection's initial weights are multiplied by: 1/sqrt(2L) in a stack of L blocks. @default 1 */
  outputScale?: number;
  /** Seed of the initial weights. @default 0 */
  seed?: number;
}

/**
 * Causal multi-head self-attention. Each token asks with a query, every token offers a key and a value, and a token
 * receives the average of the values of itself and of those before it, weighted by how well the keys fit its query:
 *
 *     [q k v] = x · qkv.weight + qkv.bias          three [B, T, C], each cut into H heads of width D = C / H
 *     weights = softmax(q · kᵀ / sqrt(D) + mask)    [B, H, T, T], rows sum to 1, 0 for later tokens
 *     y       = heads(weights · v) · output.weight + output.bias
 *
 * In and out: `[B, T, C]`. Weights: `qkv.weight` `[C, 3C]`, `qkv.bias` `[3C]`, `output.weight` `[C, C]`,
 * `output.bias` `[C]`; matrices start at normal(0, 0.02), biases at 0.
 *
 * @throws ConfigError if a field breaks its rule or the input's width is not divisible by `numHeads`.
 * @see Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 */
export class CausalSelfAttention extends ModelLayer {
  static readonly className = "CausalSelfAttention"; // written into model files: never rename
  private readonly config: Required<Omit<CausalSelfAttentionConfig, "name">>;

  constructor(config: CausalSelfAttentionConfig) {
    super({ name: config.name });
    this.config = {
      numHeads: requireInteger("CausalSelfAttention.numHeads", config.numHeads),
      bias: requireBoolean("CausalSelfAttention.bias", config.bias ?? true),
      dropout: requireRange("CausalSelfAttention.dropout", config.dropout ?? 0, 0, 0.9),
      site: requireInteger("CausalSelfAttention.site", config.site ?? 0, 0),
      outputScale: requirePositive("CausalSelfAttention.outputScale", config.outputScale ?? 1),
      seed: config.seed ?? 0,
    };
  }

  override statedWeights(width: number): Record<string, StatedWeight> {
    const { bias, seed, outputScale: scale } = this.config;
    return {
      ...projection("qkv", [width, 3 * width], { bias, seed }),
      ...projection("output", [width, width], { bias, seed, scale }),
    };
  }

  override describe(width: number): string {
    const { numHeads } = this.config;
    return `causal self-attention, ${numHeads} heads of ${width / numHeads}`;
  }

  /** Those of its projections, of the scores and of the mixing: the whole square counts, its masked half too. */
  override multiplications(width: number, length: number): number {
    return super.multiplications(width, length) + 2 * length * width;
  }

  override build(inputShape: tf.Shape): void {
    const { numHeads } = this.config;
    const width = inputShape.at(-1)!;
    if (width % numHeads !== 0) {
      throw new ConfigError({
        field: "CausalSelfAttention input width",
        rule: "be divisible by numHeads",
        got: `${width} and ${numHeads}`,
      });
    }
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], context: CallContext = {}): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs); // [B, T, C]
      const [q, k, v] = this.heads(this.project(x, "qkv"));
      const { dropout, site } = this.config;
      const seed = dropoutSeed(this.config, context);
      const weightDropout = seed && { rate: dropout, seed };
      const isFused = !context.cache && !context.tap;
      const mixed = isFused ? attention(q, k, v, weightDropout) : this.stepwise({ q, k, v }, context, weightDropout);
      const merged = mixed.transpose([0, 2, 1, 3]).reshape(x.shape); // [B, T, C]
      return dropped(this.project(merged, "output"), { dropout, site: site + 1 }, context);
    });
  }

  /** `[B, T, 3C]` cut into queries, keys and values, each `[B, H, T, D]`. */
  private heads(qkv: tf.Tensor): [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D] {
    const [batch, length, width] = qkv.shape as [number, number, number];
    const { numHeads } = this.config;
    const heads = qkv.reshape([batch, length, 3 * numHeads, width / 3 / numHeads]).transpose([0, 2, 1, 3]); // [B, 3H, T, D]; in four dimensions, which every backend transposes fast
    return tf.split(heads, 3, 1) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
  }

  /** Attention one step after another: with a tap at each, and to the tokens that a cache remembers. */
  private stepwise(
    { q, k, v }: Record<"q" | "k" | "v", tf.Tensor4D>,
    context: CallContext,
    dropout: WeightDropout | undefined,
  ): tf.Tensor4D {
    const at = <T extends tf.Tensor>(point: Point, value: T) => tapped(context, this.name, point, value);
    const [query, key, value] = [at("query", q), at("key", k), at("value", v)];
    const length = query.shape[2];
    const known = context.cache?.update(this.name, key, value);
    const { keys, values, mask } = known ?? { keys: key, values: value, mask: causalMask(length, length) };
    const scores = at("scores", attentionScores(query, keys)); // [B, H, T, S]
    const weights = at("weights", at("maskedScores", scores.add(mask)).softmax());
    const kept = dropout ? weights.mul(dropoutMask(weights.shape, dropout.rate, dropout.seed)) : weights;
    return at("headOutputs", tf.matMul(kept, values) as tf.Tensor4D); // [B, H, T, D]
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(CausalSelfAttention);
