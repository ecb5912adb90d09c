import type { GenerationConfig } from "../config/generation.js";

/** The settings that decide how a token is chosen. */
export type Choice = Pick<GenerationConfig, "temperature" | "topK" | "topP" | "minP" | "repetitionPenalty">;

/**
 * Makes tokens seen before less likely: a positive logit is divided by `penalty`, a negative one multiplied.
 * Changes `logits` `[V]` in place.
 *
 * @see Keskar et al. 2019, section 4.1, https://arxiv.org/abs/1909.05858
 */
export function penalizeRepetition(logits: Float32Array, seen: Iterable<number>, penalty: number): void {
  if (penalty === 1) return;
  const factor = Math.fround(penalty);
  for (const id of new Set(seen)) {
    const logit = logits[id]!;
    logits[id] = logit > 0 ? logit / factor : logit * factor;
  }
}

/**
 * The tokens that may be drawn from `logits` `[V]`: among the `topK` likeliest (on a tie the smaller id), the smallest
 * set that holds `topP` of the probability `softmax(logits / temperature)`, without tokens less likely than `minP` times
 * the likeliest. The order is likeliest first if `topK` or `topP` applies, else that of the ids. At temperature 0 these
 * are all tokens, since the likeliest is taken anyway.
 *
 * @see Holtzman et al. 2019 (top-p), https://arxiv.org/abs/1904.09751
 * @see Nguyen et al. 2024 (min-p), https://arxiv.org/abs/2407.01082
 */
export function candidates(logits: Float32Array, { temperature, topK, topP, minP }: Choice): Int32Array {
  const all = Int32Array.from(logits.keys());
  if (temperature === 0) return all;
  let kept: Int32Array = all;
  if (topK > 0 || topP < 1) {
    const ranked = all.sort((a, b) => logits[b]! - logits[a]! || a - b);
    kept = nucleus(topK > 0 ? ranked.subarray(0, topK) : ranked, logits, { temperature, topP });
  }
  if (minP === 0) return kept;
  const highest = kept.reduce((most, id) => Math.max(most, logits[id]!), Number.NEGATIVE_INFINITY);
  const least = Math.fround(highest + leastLogit(temperature, minP));
  return kept.filter((id) => logits[id]! >= least);
}

/** How far below the highest logit `minP` lets a logit be. */
export function leastLogit(temperature: number, minP: number): number {
  return Math.fround(temperature * Math.log(minP));
}

/** The first of `ranked` that together hold `topP` of the probability. */
function nucleus(
  ranked: Int32Array,
  logits: Float32Array,
  { temperature, topP }: Pick<Choice, "temperature" | "topP">,
): Int32Array {
  if (topP === 1) return ranked;
  const highest = logits[ranked[0]!]!;
  const weights = Float32Array.from(ranked, (id) => Math.exp((logits[id]! - highest) / temperature));
  const enough = Math.fround(Math.fround(topP) * weights.reduce((sum, weight) => sum + weight, 0));
  let held = 0;
  const size = weights.findIndex((weight) => {
    held += weight;
    return held >= enough;
  });
  return size < 0 ? ranked : ranked.subarray(0, size + 1);
}
