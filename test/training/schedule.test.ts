import { expect, it } from "vitest";
import { trainingConfig } from "../../src/config/training.js";
import { learningRateAt } from "../../src/training/schedule.js";

const config = trainingConfig({ steps: 110, warmup: 10, learningRate: 0.5, minLearningRate: 0.1 });
const at = (step: number, changes = {}) => learningRateAt(step, { ...config, ...changes });

it("rises in equal steps to the highest rate at the end of the warm-up", () => {
  for (let step = 1; step <= 10; step++) expect(at(step)).toBeCloseTo(0.05 * step, 12);
});

it("falls along half a cosine to the lowest rate at the last step", () => {
  expect(at(35)).toBeCloseTo(0.1 + 0.4 * (0.5 + Math.SQRT1_2 / 2), 12); // a quarter of the way: cos 45°
  expect(at(60)).toBeCloseTo(0.3, 12); // halfway: the mean of the two rates
  expect(at(85)).toBeCloseTo(0.1 + 0.4 * (0.5 - Math.SQRT1_2 / 2), 12);
  expect(at(110)).toBe(0.1);
  for (let step = 11; step <= 110; step++) expect(at(step)).toBeLessThan(at(step - 1));
});

it("stays at the lowest rate past the last step", () => {
  expect(at(500)).toBe(0.1);
});

it("starts close to the highest rate without a warm-up", () => {
  expect(at(1, { warmup: 0 })).toBeCloseTo(0.1 + 0.2 * (1 + Math.cos(Math.PI / 110)), 12);
});

it("is constant after the warm-up if both rates are equal", () => {
  expect([11, 60, 110].map((step) => at(step, { minLearningRate: 0.5 }))).toEqual([0.5, 0.5, 0.5]);
});

it("is still rising at the last step of a run shorter than the warm-up", () => {
  expect(at(5, { steps: 5 })).toBeCloseTo(0.25, 12);
});
