import { expect, it } from "vitest";
import { SweepClock } from "../../../src/lab/sweep/clock.js";
import { plan } from "./support.js";

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
  early.end(trials[0]!); // failed: 6 steps in 3 s, and 30 to go
  expect(early.secondsLeft(3)).toBeCloseTo(15, 10);
  const wide = new SweepClock(plan({ model: shape, grid: "dim=12,24" }).trials);
  const [small, large] = plan({ model: shape, grid: "dim=12,24" }).trials;
  expect(wide.secondsLeft(1)).toBe(undefined);
  const byWidth = new SweepClock([small!, large!]);
  byWidth.hear(small!, 0);
  byWidth.hear(small!, 1);
  expect(byWidth.secondsLeft(2040)).toBeCloseTo(7536, 6); // operations a token, as plan.test.ts counts them
});
