import type { Random } from "../config/random.js";
import type { Candidate } from "./filters.js";

/** Draws one of `candidates`, each with its probability: the first at which the running sum passes a uniform number. */
export function draw(candidates: Candidate[], random: Random): number {
  let left = random.uniform01();
  for (const { id, probability } of candidates) {
    left -= probability;
    if (left < 0) return id;
  }
  return candidates.at(-1)!.id; // the sum may fall short of 1 by a rounding error
}
