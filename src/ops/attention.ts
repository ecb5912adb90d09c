import * as tf from "@tensorflow/tfjs";
import { nativeBackend } from "../backends/native.js";
import { causalMask } from "./causalMask.js";
import { type DropoutSeed, dropoutMask } from "./dropout.js";

/** Which attention weights are dropped: see {@link dropoutMask}. */
export interface WeightDropout {
  rate: number;
  seed: DropoutSeed;
}

/** How well each key fits each query: `q · kᵀ / sqrt(D)`. In: `q` `[B, H, T, D]`, `k` `[B, H, S, D]`. Out: `[B, H, T, S]`. */
export function attentionScores(q: tf.Tensor4D, k: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => tf.matMul(q.mul(1 / Math.sqrt(q.shape[3])), k, false, true));
}

/**
 * How much each query looks at each key: `softmax(q · kᵀ / sqrt(D) + mask)`. Rows sum to 1 and are 0 for later keys.
 * In: `q` `[B, H, T, D]`, `k` `[B, H, S, D]` with `S >= T`; query `i` stands at position `S - T + i`. Out: `[B, H, T, S]`.
 */
export function attentionWeights(q: tf.Tensor4D, k: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => attentionScores(q, k).add(causalMask(q.shape[2], k.shape[2])).softmax() as tf.Tensor4D);
}

/** Queries that are worked on together on native: the keys after the last of them are left out. */
const blockLength = 128;

/** The number of blocks that this many queries are worked on in: `(blocks + 1) / (2 blocks)` of attention's square is computed. */
function attentionBlocks(queries: number): number {
  return nativeBackend() ? Math.ceil(queries / blockLength) : 1;
}

/**
 * Causal scaled dot-product attention: `softmax(q · kᵀ / sqrt(D) + mask) · v`.
 * In: `q` `[B, H, T, D]`, `k` and `v` `[B, H, S, D]`. Out: `[B, H, T, D]`. Dropout, if any, acts on the weights.
 *
 * Long texts are worked on in blocks of queries, each with the keys up to its end: little of the masked half is computed.
 *
 * @see Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 */
export function attention(q: tf.Tensor4D, k: tf.Tensor4D, v: tf.Tensor4D, dropout?: WeightDropout): tf.Tensor4D {
  const [queries, keys] = [q.shape[2], k.shape[2]];
  const blocks = attentionBlocks(queries);
  if (blocks === 1) return blockAttention(q, k, v, dropout);
  const ends = Array.from({ length: blocks }, (_, i) => Math.round((queries * (i + 1)) / blocks));
  return tf.tidy(() => {
    const sizes = ends.map((end, i) => end - (ends[i - 1] ?? 0));
    const parts = tf.split(q, sizes, 2) as tf.Tensor4D[];
    const outputs = parts.map((part, i) => {
      const seen = keys - queries + ends[i]!;
      const upTo = (x: tf.Tensor4D) => (seen === keys ? x : x.slice([0, 0, 0, 0], [-1, -1, seen, -1]));
      return blockAttention(part, upTo(k), upTo(v), dropout && { ...dropout, seed: blockSeed(dropout.seed, i) });
    });
    return tf.concat(outputs, 2);
  });
}

/** More than a model has dropout sites. */
const blockSeed = (seed: DropoutSeed, block: number): DropoutSeed => ({ ...seed, site: seed.site + block * 2 ** 20 });

/**
 * With `P` the weights and `O` the output, the gradient of the scores is `P * (dP - rowsum(dO * O))`: the row sum of
 * `dP * P` equals that of `dO * O`, which is narrower.
 *
 * @see Dao et al. 2022 (the row sum), https://arxiv.org/abs/2205.14135
 */
function blockAttention(
  query: tf.Tensor4D,
  key: tf.Tensor4D,
  value: tf.Tensor4D,
  dropout?: WeightDropout,
): tf.Tensor4D {
  const scale = 1 / Math.sqrt(query.shape[3]);
  const withGradient = tf.customGrad((q, k, v, save) => {
    const weights = attentionWeights(q as tf.Tensor4D, k as tf.Tensor4D);
    const mask = dropout && dropoutMask(weights.shape, dropout.rate, dropout.seed);
    const output = tf.matMul(mask ? weights.mul(mask) : weights, v as tf.Tensor4D); // [B, H, T, D]
    const kept = [q, k, v, weights, output] as tf.Tensor[];
    (save as tf.GradSaveFunc)(mask ? [...kept, mask] : kept);
    return { value: output, gradFunc: (dy, saved) => attentionGradient(dy, saved, scale) };
  });
  return tf.tidy(() => withGradient(query, key, value) as tf.Tensor4D);
}

function attentionGradient(dOutput: tf.Tensor, saved: tf.Tensor[], scale: number): tf.Tensor[] {
  const [q, k, v, weights, output, mask] = saved as tf.Tensor4D[];
  const dropped = mask ? weights!.mul(mask) : weights!;
  const dValue = tf.matMul(dropped, dOutput, true, false);
  const dDropped = tf.matMul(dOutput, v!, false, true); // [B, H, T, S]
  const dWeights = mask ? dDropped.mul(mask) : dDropped;
  const rowSum = dOutput.mul(output!).sum(-1, true); // [B, H, T, 1]
  const dScores = weights!.mul(dWeights.sub(rowSum));
  const dQuery = tf.matMul(dScores, k!).mul(scale);
  const dKey = tf.matMul(dScores, q!.mul(scale), true, false);
  return [dQuery, dKey, dValue];
}
