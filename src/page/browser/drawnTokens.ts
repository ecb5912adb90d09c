import { type Choice, candidates } from "../../generation/filters.js";
import { probabilities } from "../../inspection/nextTokens.js";

/**
 * The chance of each token to be drawn, `[V]`: `softmax(logits / temperature)` among the candidates, 0 for others; at
 * temperature 0 the likeliest is certain.
 */
export function drawnChances(logits: Float32Array, choice: Choice): Float64Array {
  const chances = new Float64Array(logits.length);
  if (choice.temperature === 0) {
    chances[logits.indexOf(logits.reduce((a, b) => Math.max(a, b)))] = 1;
    return chances;
  }
  const kept = candidates(logits, choice);
  const among = probabilities(Float64Array.from(kept, (id) => logits[id]! / choice.temperature));
  kept.forEach((id, i) => {
    chances[id] = among[i]!;
  });
  return chances;
}
