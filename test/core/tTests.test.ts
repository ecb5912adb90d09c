import { expect, it } from "vitest";
import { type Difference, difference, judge, pValue, summarize } from "../../src/core/tTests.js";

const bySeed = (values: number[], first = 1) => new Map(values.map((value, i) => [first + i, value]));

// SciPy 1.17.1, with
//   a = [1.31, 1.28, 1.35, 1.30]; b = [1.25, 1.27, 1.26, 1.29]; c = [1.21, 1.25, 1.19]
const [a, b, c] = [
  [1.31, 1.28, 1.35, 1.3],
  [1.25, 1.27, 1.26, 1.29],
  [1.21, 1.25, 1.19],
];

it("gives the mean, the standard deviation and the t-interval of SciPy", () => {
  // np.mean(a), np.std(a, ddof=1), stats.t.ppf(0.975, 3) * stats.sem(a)
  const { mean, standardDeviation, halfWidth, count } = summarize(a!);
  expect(count).toBe(4);
  expect(mean).toBeCloseTo(1.31, 12);
  expect(standardDeviation).toBeCloseTo(0.029439202887759516, 12);
  expect(halfWidth).toBeCloseTo(0.04684434123032387, 9);
});

it("works out two values as by hand: mean 2, s = √2, t(0.975, 1) = 12.7062, half width 12.7062 · √2 / √2", () => {
  const summary = summarize([1, 3]);
  expect(summary.mean).toBe(2);
  expect(summary.standardDeviation).toBeCloseTo(Math.SQRT2, 12);
  expect(summary.halfWidth).toBeCloseTo(12.7062, 4);
});

it("says nothing of the spread of one value, and that equal values have none", () => {
  expect(summarize([1.5])).toEqual({ count: 1, mean: 1.5 });
  expect(summarize([0.1, 0.1, 0.1])).toMatchObject({ standardDeviation: 0, halfWidth: 0 });
});

it("pairs runs of the same seed as SciPy's ttest_rel does", () => {
  // stats.ttest_rel(a, b).pvalue and .confidence_interval(0.95)
  const paired = difference(bySeed(a!), bySeed(b!))!;
  expect(paired).toMatchObject({ df: 3, pairing: "seed", seeds: 4 });
  expect(paired.mean).toBeCloseTo(0.0425, 12);
  expect(pValue(paired)).toBeCloseTo(0.12034176487598224, 9);
  expect(judge([paired])[0]).toMatchObject({ halfWidth: expect.closeTo(0.06281469704092292, 9), verdict: "noise" });
});

it("uses only the seeds that both have: (1.31 - 1.25) and (1.28 - 1.27) have the mean 0.035 and the error 0.025", () => {
  const some = difference(bySeed(a!), bySeed(b!.slice(0, 2)))!;
  expect(some).toMatchObject({ df: 1, pairing: "seed", seeds: 2 });
  expect(some.mean).toBeCloseTo(0.035, 12);
  expect(some.error).toBeCloseTo(0.025, 12);
});

it("falls back to Welch's t-interval, as SciPy's ttest_ind without equal variances, where seeds are not shared", () => {
  // stats.ttest_ind(a, c, equal_var=False).pvalue, .df and .confidence_interval(0.95)
  const welch = difference(bySeed(a!), bySeed(c!, 100))!;
  expect(welch).toMatchObject({ pairing: "welch", seeds: 3 });
  expect(welch.df).toBeCloseTo(4.349397590361446, 9);
  expect(welch.mean).toBeCloseTo(0.09333333333333349, 12);
  expect(pValue(welch)).toBeCloseTo(0.012925676157288056, 9);
  expect(judge([welch])[0]).toMatchObject({ halfWidth: expect.closeTo(0.061813577624428795, 8), verdict: "clear" });
});

it("says nothing where one of the two has a single seed", () => {
  expect(difference(bySeed([1]), bySeed([2]))).toBeUndefined();
  expect(difference(bySeed([1]), bySeed([2, 3, 4], 100))).toBeUndefined();
  expect(difference(bySeed([1, 2]), bySeed([2]))).toBeUndefined();
});

it("calls runs that are the same to the bit the same, and a constant difference clear", () => {
  const same = difference(bySeed(a!), bySeed(a!))!;
  expect([same.mean, same.error, pValue(same)]).toEqual([0, 0, 1]);
  const shifted = difference(bySeed([2, 3, 4]), bySeed([1, 2, 3]))!;
  expect([shifted.mean, shifted.error, pValue(shifted)]).toEqual([1, 0, 0]);
  expect(judge([same, shifted]).map(({ verdict }) => verdict)).toEqual(["noise", "clear"]);
});

/** A difference of this p, with so many degrees of freedom that t is normal: z of 0.005, 0.02, 0.03, 0.04, 0.2. */
const ofP = (z: number): Difference => ({ mean: z, error: 1, df: 1e6, pairing: "seed", seeds: 9 });
const z = { 0.005: 2.807034, 0.02: 2.326348, 0.03: 2.17009, 0.04: 2.053749, 0.2: 1.281552 };

it("keeps by Holm's method what is clear among several, worked by hand", () => {
  // p 0.005 <= 0.05 / 4, 0.02 > 0.05 / 3: that and all larger ones are not clear, though below 0.05 by themselves.
  const family = [z[0.03], z[0.005], z[0.02], z[0.2]].map(ofP);
  expect(family.map((each) => Number(pValue(each).toFixed(5)))).toEqual([0.03, 0.005, 0.02, 0.2]);
  expect(judge(family).map(({ verdict }) => verdict)).toEqual(["likely", "clear", "likely", "noise"]);
  // 0.03 > 0.05 / 2, so the next is not asked whether 0.04 <= 0.05 / 1.
  expect(judge([z[0.04], z[0.03]].map(ofP)).map(({ verdict }) => verdict)).toEqual(["likely", "likely"]);
  // 0.005 <= 0.05 / 3, 0.02 <= 0.05 / 2, 0.04 <= 0.05 / 1: all are clear, where Bonferroni would keep the first alone.
  expect(judge([z[0.04], z[0.005], z[0.02]].map(ofP)).map(({ verdict }) => verdict)).toEqual([
    "clear",
    "clear",
    "clear",
  ]);
});

it("judges by the size of a difference, whatever its sign", () => {
  expect(judge([ofP(-z[0.005]), ofP(-z[0.2])]).map(({ verdict }) => verdict)).toEqual(["clear", "noise"]);
});
