/** Rounds after which the answer no longer changes in practice. */
const mostRounds = 100_000;

/**
 * The numbers `x`, none below 0, for which `Σ (rows[i] · x - targets[i])²` is smallest: each in turn takes its best value
 * while the others stay, again and again. A number that no row depends on is 0.
 *
 * @see Franc, Hlaváč & Navara 2005, https://doi.org/10.1007/11556121_50
 */
export function nonNegativeLeastSquares(rows: readonly (readonly number[])[], targets: readonly number[]): number[] {
  const columns = (rows[0] ?? []).map((_, j) => rows.map((row) => row[j]!));
  const sizes = columns.map((column) => dot(column, column));
  const x = columns.map(() => 0);
  const left = [...targets]; // what x does not explain yet
  for (let round = 0; round < mostRounds; round++) {
    let moved = 0;
    columns.forEach((column, j) => {
      if (sizes[j] === 0) return;
      const value = Math.max(0, x[j]! + dot(column, left) / sizes[j]!);
      const change = value - x[j]!;
      x[j] = value;
      for (let i = 0; i < left.length; i++) left[i]! -= change * column[i]!;
      moved = Math.max(moved, Math.abs(change) * Math.sqrt(sizes[j]!));
    });
    if (moved < 1e-12 * Math.sqrt(dot(targets, targets))) break;
  }
  return x;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
