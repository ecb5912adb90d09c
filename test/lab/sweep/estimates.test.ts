import { expect, it } from "vitest";
import { SweepClock } from "../../../src/lab/sweep/clock.js";
import { type Curve, isBelowMedian } from "../../../src/lab/sweep/medianStop.js";
import { plan } from "./support.js";

/** Validations at every tenth of the steps. */
const curve = (...losses: number[]): Curve => losses.map((valLoss, i) => ({ share: (i + 1) / 10, valLoss }));

it("stops a trial whose best loss is above the median of the others' means up to the same point", () => {
  // Their means up to 0.3 are 4, 3 and 2; what comes later does not count.
  const curves = [curve(5, 4, 3, 0), curve(4, 3, 2, 0), curve(2, 2, 2, 0)];
  const stops = (...losses: number[]) => isBelowMedian(curve(...losses), { grace: 0.3, curves });
  expect(stops(9, 9, 3.01)).toBe(true);
  expect(stops(9, 9, 3)).toBe(false); // as good as the median
  expect(stops(9, 2.9, 9)).toBe(false); // the best counts, not the last
  expect(stops(9, 9)).toBe(false); // within the grace
  expect(isBelowMedian(curve(9, 9), { grace: 0.2, curves })).toBe(true);
  expect(isBelowMedian(curve(9, 9, 9), { grace: 0, curves: curves.slice(1) })).toBe(false); // two are too few
  expect(isBelowMedian([{ share: 1, valLoss: 9 }], { grace: 0, curves })).toBe(false); // nothing is left to stop
});

it("compares trials of other lengths at the same share of their steps", () => {
  const early = [{ share: 0.5, valLoss: 1 }];
  const late = [{ share: 0.6, valLoss: 1 }];
  const own = [{ share: 0.5, valLoss: 2 }];
  expect(isBelowMedian(own, { grace: 0, curves: [early, early, early] })).toBe(true);
  expect(isBelowMedian(own, { grace: 0, curves: [early, early, late] })).toBe(false); // two had a loss by then
});

it("estimates the time that is left by the operations that are done", () => {
  const shape = { contextLength: 8, numLayers: 1, numHeads: 2 };
  const { trials } = plan({ model: shape, grid: "dim=12 steps=10,30" });
  const clock = new SweepClock(trials);
  expect(clock.secondsLeft(5)).toBe(undefined);
  clock.hear(trials[0]!, 0);
  clock.hear(trials[0]!, 0.5);
  expect(clock.secondsLeft(5)).toBeCloseTo(35, 10); // 5 of 40 steps in 5 s
  clock.hear(trials[0]!, 1);
  clock.hear(trials[1]!, 0.5); // an earlier process did the first half
  expect(clock.secondsLeft(10)).toBeCloseTo(15, 10);
  clock.hear(trials[1]!, 1);
  expect(clock.secondsLeft(25)).toBe(0);
  const early = new SweepClock(trials);
  early.hear(trials[0]!, 0);
  early.hear(trials[0]!, 0.6);
  early.end(trials[0]!); // stopped: 6 steps in 3 s, and 30 to go
  expect(early.secondsLeft(3)).toBeCloseTo(15, 10);
  const wide = new SweepClock(plan({ model: shape, grid: "dim=12,24" }).trials);
  const [small, large] = plan({ model: shape, grid: "dim=12,24" }).trials;
  expect(wide.secondsLeft(1)).toBe(undefined);
  const timed = plan({ model: shape, grid: "dim=12,24", budget: "seconds=9" }).trials;
  const even = new SweepClock(timed);
  even.hear(timed[0]!, 0);
  even.hear(timed[0]!, 1);
  expect(even.secondsLeft(9)).toBe(9);
  const byWidth = new SweepClock([small!, large!]);
  byWidth.hear(small!, 0);
  byWidth.hear(small!, 1);
  expect(byWidth.secondsLeft(2040)).toBeCloseTo(7536, 6); // operations a token, as plan.test.ts counts them
});
