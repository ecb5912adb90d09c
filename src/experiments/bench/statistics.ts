/** A middle and the quartiles around it. */
export interface Spread {
  median: number;
  lower: number;
  upper: number;
}

/** The value below which the share `q` of `values` lies, between neighbours in proportion; `values` are not empty. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Median and quartiles of `values`, which are not empty. */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), lower: quantile(values, 0.25), upper: quantile(values, 0.75) };
}

/**
 * How many times as fast `ours` is as `theirs`, from the times of rounds in which both took turns: what slows the
 * machine for a while slows both, so each round gives a ratio of its own.
 */
export function speedRatio(ours: readonly number[][], theirs: readonly number[][]): Spread {
  return spread(ours.map((times, round) => median(theirs[round]!) / median(times)));
}

/** The largest of `|a - b| / |b|` over the numbers that both have, at most `count` of them; NaN if any is. */
export function largestDifference(a: readonly number[], b: readonly number[], count: number): number {
  const both = Math.min(a.length, b.length, count);
  return Math.max(0, ...b.slice(0, both).map((value, i) => Math.abs(a[i]! - value) / Math.abs(value)));
}
