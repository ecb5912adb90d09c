/** `Σ a·b` */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** `a·b / (|a| |b|)`: 1 in the same direction, 0 at a right angle, and for a vector of zeros. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const lengths = Math.sqrt(dot(a, a) * dot(b, b));
  return lengths === 0 ? 0 : dot(a, b) / lengths;
}

/** `|a - b|` */
export function distanceBetween(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

/** Row `row` of a matrix of rows of `width`. */
export function rowOf(values: Float32Array, row: number, width: number): Float32Array {
  return values.subarray(row * width, (row + 1) * width);
}

/** The `count` rows of a matrix most alike to its row `row`, that row left out, by falling cosine. */
export function nearestRows(
  values: Float32Array,
  row: number,
  { width, count }: { width: number; count: number },
): { row: number; cosine: number }[] {
  const own = rowOf(values, row, width);
  const all = Array.from({ length: values.length / width }, (_, i) => ({
    row: i,
    cosine: i === row ? Number.NEGATIVE_INFINITY : cosine(own, rowOf(values, i, width)),
  }));
  return all.sort((a, b) => b.cosine - a.cosine).slice(0, Math.min(count, all.length - 1));
}
