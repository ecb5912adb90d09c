import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { ratioError, wilson } from "../../src/core/statistics.js";

const sum = (values: number[]) => values.reduce((total, x) => total + x, 0);
const mean = (values: number[]) => sum(values) / values.length;
const deviation = (values: number[]) =>
  Math.sqrt(sum(values.map((x) => (x - mean(values)) ** 2)) / (values.length - 1));

describe("ratioError", () => {
  const blocks = (...pairs: [number, number][]) => pairs.map(([amount, size]) => ({ amount, size }));

  it("is worked by hand", () => {
    // Means 2 and 4 of one token each: mean 3, deviations -1 and 1, variance 2, error sqrt(2 / 2) = 1.
    expect(ratioError(blocks([2, 1], [4, 1]))).toBeCloseTo(1, 12);
    // r = 24 / 8 = 3; residuals 5 - 6 = -1, 4 - 3 = 1, 15 - 15 = 0: sqrt(3/2 · 2) / 8.
    expect(ratioError(blocks([5, 2], [4, 1], [15, 5]))).toBeCloseTo(Math.sqrt(3) / 8, 12);
  });

  it("is the standard error of the mean for blocks of one size", () => {
    const sums = [3, 8, 4, 9, 5, 1];
    const error = deviation(sums) / Math.sqrt(6) / 10;
    expect(ratioError(sums.map((amount) => ({ amount, size: 10 })))).toBeCloseTo(error, 12);
  });

  it("does not depend on the unit of size, is 0 without spread, and is unknown for a single block", () => {
    const some = blocks([5, 2], [4, 1], [15, 5]);
    expect(ratioError(some.map(({ amount, size }) => ({ amount, size: 7 * size })))).toBeCloseTo(Math.sqrt(3) / 56, 12);
    expect(ratioError(blocks([2, 1], [6, 3]))).toBe(0);
    expect(ratioError(blocks([2, 1]))).toBeUndefined();
    expect(ratioError([])).toBeUndefined();
  });

  it("says how far means of correlated losses stray, where one loss at a time says too little", () => {
    // Losses x[t] = 0.8 x[t-1] + noise: neighbours go together, stretches of 100 hardly do.
    const random = new Random(7, "correlated");
    const [texts, length, block] = [200, 3000, 100];
    const means: number[] = [];
    const [byBlock, byToken]: [number[], number[]] = [[], []];
    for (let text = 0; text < texts; text++) {
      let x = random.nextNormal() / 0.6;
      const losses = Array.from({ length }, () => {
        x = 0.8 * x + random.nextNormal();
        return x;
      });
      means.push(mean(losses));
      const sums = Array.from({ length: length / block }, (_, b) => sum(losses.slice(b * block, (b + 1) * block)));
      byBlock.push(ratioError(sums.map((amount) => ({ amount, size: block })))!);
      byToken.push(ratioError(losses.map((amount) => ({ amount, size: 1 })))!);
    }
    const actual = deviation(means);
    expect(mean(byBlock) / actual).toBeGreaterThan(0.87);
    expect(mean(byBlock) / actual).toBeLessThan(1.13);
    expect(mean(byToken) / actual).toBeLessThan(0.45); // sqrt((1 - 0.8) / (1 + 0.8)) = 1/3
  });
});

describe("wilson", () => {
  it("has the ends at which the share lies 1.96 of their own standard errors away", () => {
    for (const [right, n] of [
      [1, 10],
      [45, 84],
      [299, 300],
    ] as const) {
      for (const end of Object.values(wilson(right, n))) {
        expect(Math.abs(right / n - end) / Math.sqrt((end * (1 - end)) / n)).toBeCloseTo(1.959964, 5);
      }
    }
  });

  it("is as published: 81 of 263 (Newcombe 1998, table I)", () => {
    const { low, high } = wilson(81, 263);
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(["0.2553", "0.3662"]);
  });

  it("begins at 0 where none is right, ends at 1 where all are, and is wide for a few trials", () => {
    expect(wilson(0, 3).low).toBeCloseTo(0, 12);
    expect(wilson(3, 3).high).toBeCloseTo(1, 12);
    expect(wilson(0, 3).high).toBeCloseTo(1.959964 ** 2 / (3 + 1.959964 ** 2), 6);
  });
});
