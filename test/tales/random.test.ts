import { describe, expect, it } from "vitest";
import { Random } from "../../data/tales/generator/random.js";

/** An independent sfc32, in BigInt arithmetic modulo 2^32. */
function reference(seed: number, count: number): number[] {
  const mod = (x: bigint): bigint => BigInt.asUintN(32, x);
  let [a, b, c, counter] = [0n, 0n, mod(BigInt(seed)), 1n];
  const drawn: number[] = [];
  for (let i = 0; i < 20 + count; i++) {
    const out = mod(a + b + counter);
    counter = mod(counter + 1n);
    [a, b, c] = [b ^ (b >> 9n), mod(c + (c << 3n)), mod(mod((c << 21n) | (c >> 11n)) + out)];
    if (i >= 20) drawn.push(Number(out));
  }
  return drawn;
}

describe("Random", () => {
  it("draws the numbers of sfc32 for any seed", () => {
    for (const seed of [0, 1, 20250, 77003, 2 ** 31, -5]) {
      const random = new Random(seed);
      expect(Array.from({ length: 200 }, () => random.next())).toEqual(reference(seed, 200));
    }
  });

  it("draws in proportion to the weights: chi-squared stays below its 1 - 1e-4 quantile", () => {
    const random = new Random(3);
    const weights = [1, 2, 3, 4];
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 100_000; i++) counts[random.weighted(weights)]!++;
    const chi = weights.reduce((sum, w, i) => sum + (counts[i]! - w * 10_000) ** 2 / (w * 10_000), 0);
    expect(chi).toBeLessThan(21.1); // chi-squared, 3 degrees of freedom
  });

  it("refuses to draw below a number that is not a positive integer", () => {
    expect(() => new Random(1).below(0)).toThrow("below(n) needs a whole n from 1 to 2^32 - 1: got 0");
    expect(() => new Random(1).below(1.5)).toThrow("below(n) needs a whole n from 1 to 2^32 - 1: got 1.5");
  });
});
