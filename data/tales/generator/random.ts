/**
 * A seeded source of whole numbers: xorshift128 (Marsaglia 2003) on 32-bit integers, its state filled by the
 * splitmix32 mixer. Only integer operations, so every platform draws the same numbers and writes the same bytes.
 */
export class Random {
  private readonly state: [number, number, number, number];

  constructor(seed: number) {
    let s = seed | 0;
    const next = (): number => {
      s = (s + 0x9e3779b9) | 0;
      let z = s ^ (s >>> 16);
      z = Math.imul(z, 0x21f0aaad);
      z ^= z >>> 15;
      z = Math.imul(z, 0x735a2d97);
      return (z ^ (z >>> 15)) | 0;
    };
    // An all-zero state would stay zero for ever; the last word is made odd to exclude it.
    this.state = [next(), next(), next(), next() | 1];
  }

  /** A whole number in `[0, 2^32)`. */
  next(): number {
    const [x, y, z, w] = this.state;
    let t = x ^ (x << 11);
    t ^= t >>> 8;
    const v = w ^ (w >>> 19) ^ t;
    this.state[0] = y;
    this.state[1] = z;
    this.state[2] = w;
    this.state[3] = v;
    return v >>> 0;
  }

  /** A whole number in `[0, n)`, every one exactly as likely: draws past the last full multiple of n are thrown away. */
  below(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 0xffffffff) throw new RangeError(`below(n) needs a whole n from 1 to 2^32 - 1: got ${n}`);
    const limit = 0x100000000 - (0x100000000 % n);
    let v = this.next();
    while (v >= limit) v = this.next();
    return v % n;
  }

  /** An index i with probability `weights[i] / sum(weights)`; the weights are whole numbers. */
  weighted(weights: readonly number[]): number {
    let total = 0;
    for (const w of weights) total += w;
    let left = this.below(total);
    for (let i = 0; i < weights.length; i++) {
      left -= weights[i]!;
      if (left < 0) return i;
    }
    throw new RangeError("weighted needs at least one weight above 0");
  }
}
