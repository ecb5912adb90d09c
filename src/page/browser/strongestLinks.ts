/** A token that looks at an earlier one. */
export interface AttentionLink {
  from: number;
  to: number;
  weight: number;
}

/**
 * The `count` largest weights of a head in a text, one a row, by falling weight. Left out is what tells little: a token that
 * looks most at itself or at the first one, where heads look that have nothing to look for.
 *
 * In: `weights` `[T, T]`.
 */
export function strongestLinks(weights: Float32Array, count: number): AttentionLink[] {
  const length = Math.sqrt(weights.length);
  const links: AttentionLink[] = [];
  for (let from = 1; from < length; from++) {
    const row = weights.subarray(from * length, from * length + from + 1);
    const weight = row.reduce((a, b) => Math.max(a, b));
    const to = row.indexOf(weight);
    if (to !== 0 && to !== from) links.push({ from, to, weight });
  }
  return links.sort((a, b) => b.weight - a.weight).slice(0, count);
}
