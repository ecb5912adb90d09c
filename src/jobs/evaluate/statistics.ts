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
