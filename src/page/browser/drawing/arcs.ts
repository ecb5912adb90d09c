/** A curve above a line of text, from one token to another. */
export interface Arc {
  from: number;
  to: number;
  weight: number;
  /** As an SVG path. */
  path: string;
}

/** Weights below this are not drawn. */
const least = 0.01;

/**
 * Arcs from the token `from` to the tokens that it looks at: half ellipses over the line at height `base`, the wider the
 * higher, up to `height`; a loop where a token looks at itself.
 *
 * @param centers where each token's middle is, from left to right
 * @param weights `[T]`, the token's row of attention
 */
export function arcsFrom(
  from: number,
  {
    centers,
    weights,
    base,
    height,
  }: { centers: ArrayLike<number>; weights: ArrayLike<number>; base: number; height: number },
): Arc[] {
  const start = centers[from]!;
  const widest = Math.max(1, start - centers[0]!, centers[centers.length - 1]! - start);
  return Array.from(weights, (weight, to): Arc => {
    const end = centers[to]!;
    if (to === from) {
      const path = `M ${start - 4} ${base} C ${start - 14} ${base - 22}, ${start + 14} ${base - 22}, ${start + 4} ${base}`;
      return { from, to, weight, path };
    }
    const across = Math.abs(end - start) / 2;
    const up = Math.max(12, height * Math.sqrt((2 * across) / widest));
    const sweep = end < start ? 0 : 1;
    return { from, to, weight, path: `M ${start} ${base} A ${across} ${up} 0 0 ${sweep} ${end} ${base}` };
  }).filter(({ weight }) => weight >= least);
}
