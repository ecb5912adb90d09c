import type { GenerationConfig } from "../config/generation.js";

/**
 * Makes tokens seen before less likely: a positive logit is divided by `penalty`, a negative one multiplied.
 * Changes `logits` `[V]` in place.
 *
 * @see Keskar et al. 2019, section 4.1, https://arxiv.org/abs/1909.05858
 */
export function penalizeRepetition(logits: Float32Array, seen: Iterable<number>, penalty: number): void {
  if (penalty === 1) return;
  for (const id of new Set(seen)) {
    const logit = logits[id]!;
    logits[id] = logit > 0 ? logit / penalty : logit * penalty;
  }
}

/** A token that may be drawn and its share of the probability. */
export interface Candidate {
  id: number;
  probability: number;
}

/**
 * The tokens that may be drawn from `logits` `[V]`, likeliest first (on a tie the smaller id), their probabilities
 * summing to 1: `softmax(logits / temperature)`, cut to `topK`, then to the smallest set that holds `topP`, then to
 * those with at least `minP` of the likeliest one's probability. At temperature 0 the likeliest alone.
 *
 * @see Holtzman et al. 2019 (top-p), https://arxiv.org/abs/1904.09751
 * @see Nguyen et al. 2024 (min-p), https://arxiv.org/abs/2407.01082
 */
export function candidates(
  logits: Float32Array,
  { temperature, topK, topP, minP }: Pick<GenerationConfig, "temperature" | "topK" | "topP" | "minP">,
): Candidate[] {
  const order = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
  if (temperature === 0) return [{ id: order[0]!, probability: 1 }];
  const kept = topK > 0 ? order.slice(0, topK) : order;
  const highest = logits[kept[0]!]!;
  const shares = normalize(kept.map((id) => ({ id, probability: Math.exp((logits[id]! - highest) / temperature) })));
  const nucleus = normalize(shares.slice(0, nucleusSize(shares, topP)));
  const least = minP * nucleus[0]!.probability;
  return normalize(nucleus.filter(({ probability }) => probability >= least));
}

/** How many of the likeliest tokens it takes to hold `topP` of the probability. */
function nucleusSize(shares: Candidate[], topP: number): number {
  if (topP === 1) return shares.length;
  let held = 0;
  const last = shares.findIndex(({ probability }) => {
    held += probability;
    return held >= topP;
  });
  return last < 0 ? shares.length : last + 1;
}

function normalize(shares: Candidate[]): Candidate[] {
  const total = shares.reduce((sum, { probability }) => sum + probability, 0);
  return shares.map(({ id, probability }) => ({ id, probability: probability / total }));
}
