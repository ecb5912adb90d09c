import type { Random } from "../core/random.js";
import { type Choice, candidates } from "./filters.js";

/**
 * Fills `noise` with the numbers that {@link choose} adds to logits: `temperature` times independent Gumbel noise
 * `-log(-log(u))`, `u` uniform in (0, 1). At temperature 0 they are zeros, and nothing is drawn.
 */
export function drawNoise(noise: Float32Array, temperature: number, random: Random): void {
  if (temperature === 0) noise.fill(0);
  else for (let i = 0; i < noise.length; i++) noise[i] = -temperature * Math.log(-Math.log(uniform(random)));
}

/** A uniform number strictly between 0 and 1. */
const uniform = (random: Random): number => (random.nextUint32() + 0.5) / 2 ** 32;

/**
 * Draws one of the {@link candidates}, with probability `softmax(logits / temperature)` among them: the one with the
 * largest `logits + noise` `[V]` (on a tie the first). At temperature 0 this is the likeliest.
 *
 * The sum is one float32 addition, so that {@link chooseInGraph} chooses the same token from the same numbers.
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
