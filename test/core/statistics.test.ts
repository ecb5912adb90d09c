import { expect, it } from "vitest";
import { largestDifference, median, quantile, speedRatio, spread } from "../../src/core/statistics.js";

it("computes quantiles as numpy.quantile does by default", () => {
  expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75);
  expect(quantile([4, 1, 3, 2], 0.75)).toBe(3.25);
  expect(quantile([10, 0], 0.9)).toBe(9);
  expect(quantile([7], 0.25)).toBe(7);
  expect(median([3, 1, 2])).toBe(2);
  expect(spread([5, 1, 2, 4, 3])).toEqual({ median: 3, lower: 2, upper: 4 });
});

it("does not reorder its input", () => {
  const values = [3, 1, 2];
  quantile(values, 0.5);
  expect(values).toEqual([3, 1, 2]);
});

it("divides the peer's time by ours in each round, so that slowness that affects both cancels out", () => {
  const ours = [[10, 12, 11], [110], [11]];
  const theirs = [[22], [220], [22, 22, 900]];
  expect(speedRatio(ours, theirs)).toEqual({ median: 2, lower: 2, upper: 2 });
  expect(speedRatio([[1], [1]], [[2], [4]])).toEqual({ median: 3, lower: 2.5, upper: 3.5 });
});

it("finds the largest relative difference over the pairs that both lists have", () => {
  expect(largestDifference([2, 3.3, 9], [2, 3], 10)).toBeCloseTo(0.1, 12);
  expect(largestDifference([2, 3.3, 9], [2, 3, 1], 2)).toBeCloseTo(0.1, 12);
  expect(largestDifference([2, Number.NaN, 3], [2, 3, 3], 3)).toBeNaN();
});
