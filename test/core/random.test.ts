import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/core/errors.js";
import { inverseNormal } from "../../src/core/inverseNormal.js";
import { Random, threefry2x32 } from "../../src/core/random.js";

function block(key: [number, number], counter: [number, number]): number[] {
  const out = new Uint32Array(2);
  threefry2x32(key, counter, out);
  return [...out];
}

describe("threefry2x32", () => {
  // "threefry2x32 20" in the known answers of the Random123 library, https://github.com/DEShawResearch/random123
  it("gives Random123's known answers", () => {
    const ones = 0xffffffff;
    expect(block([0, 0], [0, 0])).toEqual([0x6b200159, 0x99ba4efe]);
    expect(block([ones, ones], [ones, ones])).toEqual([0x1cb996fc, 0xbb002be7]);
    expect(block([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3])).toEqual([0xc4923a9c, 0x483df7a0]);
  });
});

describe("inverseNormal", () => {
  // Python 3.11: statistics.NormalDist().inv_cdf((word + 0.5) / 2**32)
  it.each([
    [0, -6.337957754553789],
    [1, -6.166429517819749],
    [1000, -5.039851125968711],
    [300_000_000, -1.4769151384691752],
    [322_122_547, -1.4395314704450153],
    [322_122_548, -1.4395314688002132],
    [1_000_000_000, -0.7295565530758739],
    [2 ** 31 - 1, -2.9180993729166234e-10],
    [3_000_000_000, 0.5200680618488762],
    [2 ** 32 - 1, 6.337957754553789],
  ])("of %d agrees with Python", (word, quantile) => {
    expect(Math.abs(inverseNormal(word) / quantile - 1)).toBeLessThan(1e-15);
  });

  it("is antisymmetric about the middle and strictly increasing", () => {
    let before = Number.NEGATIVE_INFINITY;
    for (let word = 0; word < 2 ** 32; word += 999_983) {
      const z = inverseNormal(word);
      expect(z).toBeGreaterThan(before);
      expect(inverseNormal(2 ** 32 - 1 - word)).toBe(-z);
      before = z;
    }
  });
});

describe("Random", () => {
  const draw = (random: Random) => Array.from({ length: 5 }, () => random.nextUint32());

  it("is a pure function of seed, stream and step", () => {
    const first = draw(new Random(1337, "weights", 3));
    expect(draw(new Random(1337, "weights", 3))).toEqual(first);
    for (const other of [
      new Random(1338, "weights", 3),
      new Random(1337, "batches", 3),
      new Random(1337, "weights", 4),
    ]) {
      expect(draw(other).filter((word) => first.includes(word))).toEqual([]);
    }
  });

  it("draws blocks (step, 0), (step, 1), ... under the key (seed, FNV-1a hash of the stream's name)", () => {
    const fnv1aOfA = 0xe40c292c; // as in FNV's own test vectors, http://www.isthe.com/chongo/tech/comp/fnv/
    const blocks = [0, 1, 2].flatMap((index) => block([7, fnv1aOfA], [9, index]));
    expect(draw(new Random(7, "a", 9))).toEqual(blocks.slice(0, 5));
  });

  it("has the moments of U(0, 1) in uniform01 and of a standard normal distribution in nextNormal", () => {
    const random = new Random(1, "test");
    const count = 200_000;
    const uniform = { sum: 0, least: 1, most: 0 };
    const normal = { sum: 0, squares: 0, fourths: 0 };
    for (let i = 0; i < count; i++) {
      const u = random.uniform01();
      uniform.sum += u;
      uniform.least = Math.min(uniform.least, u);
      uniform.most = Math.max(uniform.most, u);
      const z = random.nextNormal();
      normal.sum += z;
      normal.squares += z ** 2;
      normal.fourths += z ** 4;
    }
    // Five standard errors: sqrt(1/12), 1, sqrt(2) and sqrt(96) over sqrt(count).
    const error = 5 / Math.sqrt(count);
    expect(Math.abs(uniform.sum / count - 0.5)).toBeLessThan(error * Math.sqrt(1 / 12));
    expect(uniform.least).toBeGreaterThanOrEqual(0);
    expect(uniform.least).toBeLessThan(1e-4);
    expect(uniform.most).toBeLessThan(1);
    expect(uniform.most).toBeGreaterThan(1 - 1e-4);
    expect(Math.abs(normal.sum / count)).toBeLessThan(error);
    expect(Math.abs(normal.squares / count - 1)).toBeLessThan(error * Math.SQRT2);
    expect(Math.abs(normal.fourths / count - 3)).toBeLessThan(error * Math.sqrt(96));
  });

  it("draws all integers with equal probability", () => {
    const random = new Random(2, "test");
    for (const below of [1, 2, 3, 7, 1000]) {
      const counts = new Array<number>(below).fill(0);
      for (let i = 0; i < 100 * below; i++) counts[random.nextInteger(below)]!++;
      expect(counts.every((count) => count > 40 && count < 170)).toBe(true);
    }
    // Below 3 * 2^51, a plain modulo of 53 bits would make the lowest third twice as likely as the rest: 1/2, not 1/3.
    const below = 3 * 2 ** 51;
    let low = 0;
    for (let i = 0; i < 3000; i++) if (random.nextInteger(below) < below / 3) low++;
    expect(low).toBeGreaterThan(870);
    expect(low).toBeLessThan(1130);
  });

  it("refuses seeds and steps outside 32 bits", () => {
    expect(() => new Random(-1, "x")).toThrow(
      new ConfigError("seed must be a whole number from 0 to 4294967295: got -1"),
    );
    expect(() => new Random(0, "x", 2 ** 32)).toThrow(
      new ConfigError("step must be a whole number from 0 to 4294967295: got 4294967296"),
    );
    expect(() => new Random(0, "x").nextInteger(0)).toThrow(
      new ConfigError("below must be a whole number of at least 1: got 0"),
    );
  });
});
