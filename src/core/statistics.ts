/** The median and the quartiles. */
export interface Spread {
  median: number;
  lower: number;
  upper: number;
}

/** The mean of `values`, which must not be empty. */
export const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** The sample variance `Σ (x - mean)² / (n - 1)` of two or more values; equal values give exactly 0. */
export function variance(values: readonly number[]): number {
  if (values.every((x) => x === values[0])) return 0;
  const middle = mean(values);
  return values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (values.length - 1);
}

/** The `q` quantile of `values`, with linear interpolation between neighbours; `values` must not be empty. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The median and quartiles of `values`, which must not be empty. */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), lower: quantile(values, 0.25), upper: quantile(values, 0.75) };
}

/**
 * How many times as fast `ours` is as `theirs`, given the times of each round. Both took turns in every round, so
 * whatever slowed the machine slowed both; the spread is that of the rounds' ratios.
 */
export function speedRatio(ours: readonly number[][], theirs: readonly number[][]): Spread {
  return spread(ours.map((times, round) => median(theirs[round]!) / median(times)));
}

/** The largest `|a - b| / |b|` over the first `count` pairs, or as many as there are; NaN if one of them is NaN. */
export function largestDifference(a: readonly number[], b: readonly number[], count: number): number {
  const both = Math.min(a.length, b.length, count);
  return Math.max(0, ...b.slice(0, both).map((value, i) => Math.abs(a[i]! - value) / Math.abs(value)));
}

/**
 * The standard error of `Σ amount / Σ size` over blocks, which may be correlated inside but not with each other:
 *
 *     r = Σ amount / Σ size,   error² = k / (k - 1) · Σ (amount - r · size)² / (Σ size)²
 *
 * For `k` blocks of one size this is the standard error of their mean. Undefined for fewer than two blocks.
 *
 * @see Cochran 1977, Sampling Techniques, 6.4 (the variance of a ratio)
 */
export function ratioError(blocks: readonly { amount: number; size: number }[]): number | undefined {
  const k = blocks.length;
  if (k < 2) return undefined;
  const size = blocks.reduce((sum, b) => sum + b.size, 0);
  const ratio = blocks.reduce((sum, b) => sum + b.amount, 0) / size;
  const squares = blocks.reduce((sum, b) => sum + (b.amount - ratio * b.size) ** 2, 0);
  return Math.sqrt((k / (k - 1)) * squares) / size;
}

const z = 1.959963984540054; // the normal distribution's quantile of 97.5%

/**
 * Wilson's 95% interval of a share, from `right` of `n` independent trials: `(p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)`.
 *
 * @see Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953
 */
export function wilson(right: number, n: number): { low: number; high: number } {
  const p = right / n;
  const half = z * Math.sqrt((p * (1 - p)) / n + (z / (2 * n)) ** 2);
  const [middle, scale] = [p + z ** 2 / (2 * n), 1 + z ** 2 / n];
  return { low: (middle - half) / scale, high: (middle + half) / scale };
}
