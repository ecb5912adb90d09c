/**
 * The named points of a forward pass and the shape of the value at each, in the letters of the README: `S` is the
 * number of keys, `T` without a cache and the context length with one (later keys have scores below and weights of 0).
 *
 * A layer is named as its weights are: `tokens`, `positions`, `blocks.0.attentionNorm`, `blocks.0.attention`,
 * `blocks.0.feedForwardNorm`, `blocks.0.feedForward`, `finalNorm`, and `output` for the logits, tied or not.
 */
export const points = {
  /** What a layer gives; of `tokens` the embedding, of `positions` the embedding with its positions added. */
  output: "[B, T, C]",
  /** Of `attention` and `feedForward`: the residual stream after the layer's output was added to it. */
  residual: "[B, T, C]",
  /** Of `output`. */
  logits: "[B, T, V]",

  // Of attention.
  query: "[B, H, T, D]",
  key: "[B, H, T, D]",
  value: "[B, H, T, D]",
  /** `q · kᵀ / sqrt(D)` */
  scores: "[B, H, T, S]",
  /** The same with -1e9 added for later keys. */
  maskedScores: "[B, H, T, S]",
  /** Their softmax: rows sum to 1. */
  weights: "[B, H, T, S]",
  /** `weights · v`, each head's own. */
  headOutputs: "[B, H, T, D]",

  // Of the feed-forward.
  /** What the non-linearity is given. */
  preActivation: "[B, T, F]",
  /** What it gives. */
  activation: "[B, T, F]",
} as const;

export type Point = keyof typeof points;
