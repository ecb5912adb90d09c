import type { Random } from "../core/random.js";
import { type Choice, candidates } from "./filters.js";

/**
 * Fills `noise` with what {@link choose} adds to logits: `temperature` times independent Gumbel noise
 * `-log(-log(u))`, `u` uniform in (0, 1); zeros at temperature 0, for which nothing is drawn.
 */
export function drawNoise(noise: Float32Array, temperature: number, random: Random): void {
  if (temperature === 0) noise.fill(0);
  else for (let i = 0; i < noise.length; i++) noise[i] = -temperature * Math.log(-Math.log(uniform(random)));
}

/** Strictly between 0 and 1. */
const uniform = (random: Random): number => (random.nextUint32() + 0.5) / 2 ** 32;

/**
 * One of the {@link candidates}, each with its probability `softmax(logits / temperature)` among them: that with the
 * largest `logits + noise` `[V]` (on a tie the first of them). At temperature 0 the likeliest.
 *
 * The sum is one float32 addition, so {@link chooseInGraph} takes the same token from the same numbers.
 *
 * @see Gumbel 1954; Maddison et al. 2014, section 2, https://arxiv.org/abs/1411.0030
 */
export function choose(logits: Float32Array, noise: Float32Array, choice: Choice): number {
  const kept = candidates(logits, choice);
  let chosen = kept[0]!;
  let most = Number.NEGATIVE_INFINITY;
  for (const id of kept) {
    const value = Math.fround(logits[id]! + noise[id]!);
    if (value > most) [chosen, most] = [id, value];
  }
  return chosen;
}
