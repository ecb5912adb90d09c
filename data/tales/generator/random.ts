/**
 * A seeded generator of integers: sfc32 (Doty-Humphrey, PractRand), with three mixed 32-bit words and a 32-bit counter.
 * It uses only integer operations, so every platform draws the same numbers and writes the same bytes.
 */
export class Random {
  private a = 0;
  private b = 0;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    this.c = seed | 0;
    for (let i = 0; i < 20; i++) this.next(); // until the seed has affected every bit
  }

  /** An integer in `[0, 2^32)`. */
  next(): number {
    const out = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + out) | 0;
    return out >>> 0;
  }

  /** An integer in `[0, n)`, all exactly equally likely: draws past the last full multiple of n are discarded. */
  below(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 0xffffffff)
      throw new RangeError(`below(n) needs a whole n from 1 to 2^32 - 1: got ${n}`);
    const limit = 0x100000000 - (0x100000000 % n);
    let v = this.next();
    while (v >= limit) v = this.next();
    return v % n;
  }

  /** An index i with probability `weights[i] / sum(weights)`; the weights are integers. */
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
