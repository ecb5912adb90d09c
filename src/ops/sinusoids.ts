/**
 * The table of fixed positions, `[length, width]` row by row: `sin(t / 10000^(2i/width))` at feature `2i` and the
 * cosine of the same at `2i + 1`, worked in float64.
 *
 * @see Vaswani et al. 2017, section 3.5, https://arxiv.org/abs/1706.03762
 */
export function sinusoids(length: number, width: number): Float32Array<ArrayBuffer> {
  const table = new Float32Array(length * width);
  for (let t = 0; t < length; t++) {
    for (let c = 0; c < width; c++) {
      const angle = t / 10_000 ** ((c - (c % 2)) / width);
      table[t * width + c] = c % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return table;
}
