/** A middle and the quartiles around it. */
export interface Spread {
  median: number;
  lower: number;
  upper: number;
}

/** Of `values`, which are not empty. */
export const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** `Σ (x - mean)² / (n - 1)` of two values or more; all equal values give exactly 0. */
export function variance(values: readonly number[]): number {
  if (values.every((x) => x === values[0])) return 0;
  const middle = mean(values);
  return values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (values.length - 1);
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
