/**
 * One matrix of several heads' attention: the mean of their weights, place by place, or the largest.
 *
 * In: `weights` `[H, T, T]`. Out: `[T, T]`; rows of the mean sum to 1, those of the largest do not.
 */
export function pooledHeads(weights: Float32Array, numHeads: number, how: "mean" | "max"): Float32Array {
  const size = weights.length / numHeads;
  const pooled = weights.slice(0, size);
  for (let head = 1; head < numHeads; head++) {
    for (let i = 0; i < size; i++) {
      const weight = weights[head * size + i]!;
      pooled[i] = how === "mean" ? pooled[i]! + weight : Math.max(pooled[i]!, weight);
    }
  }
  return how === "mean" ? pooled.map((sum) => sum / numHeads) : pooled;
}
