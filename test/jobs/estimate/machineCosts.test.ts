import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { modelConfig } from "../../../src/config/model.js";
import { trainingConfig } from "../../../src/config/training.js";
import { estimate } from "../../../src/jobs/estimate/estimate.js";
import { nonNegativeLeastSquares } from "../../../src/jobs/estimate/leastSquares.js";
import { fitCosts, secondsOf } from "../../../src/jobs/estimate/machineCosts.js";
import { forwardWork, trainingWork } from "../../../src/model/work.js";

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const loss = (rows: number[][], targets: number[], x: number[]) =>
  rows.reduce((sum, row, i) => sum + (dot(row, x) - targets[i]!) ** 2, 0);

const amounts = fc.double({ min: 0.1, max: 10, noNaN: true });
const problems = fc.record({
  rows: fc.array(fc.tuple(amounts, amounts, amounts), { minLength: 3, maxLength: 6 }),
  truth: fc.tuple(amounts, amounts, amounts),
});

describe("nonNegativeLeastSquares", () => {
  it("finds what exact targets were made of", () => {
    const rows = [
      [1, 0, 2],
      [0, 3, 1],
      [2, 1, 0],
      [1, 1, 1],
    ];
    const targets = rows.map((row) => dot(row, [0.5, 2, 7]));
    expect(nonNegativeLeastSquares(rows, targets).map((x) => Number(x.toFixed(6)))).toEqual([0.5, 2, 7]);
  });

  it("gives 0 where the best number without the rule would be below, and the best others for that", () => {
    // Without the rule: 2 and -1. With x2 = 0, the first row's mean is left: (3 * 3 + 1 * 1) / (9 + 1).
    const rows = [
      [3, 3],
      [1, 1.0001],
    ];
    expect(
      nonNegativeLeastSquares(
        [
          [1, 1],
          [1, 2],
        ],
        [1, 0],
      )[1],
    ).toBe(0);
    expect(
      nonNegativeLeastSquares(
        [
          [1, 1],
          [1, 2],
        ],
        [1, 0],
      )[0],
    ).toBeCloseTo(0.5, 9);
    expect(nonNegativeLeastSquares(rows, [3, 1]).every((x) => x >= 0)).toBe(true);
  });

  it("gives 0 where no row depends on a number", () => {
    expect(nonNegativeLeastSquares([[2, 0]], [4])).toEqual([2, 0]);
  });

  it("has no neighbour that is better", () => {
    const property = fc.property(problems, fc.array(amounts, { minLength: 6, maxLength: 6 }), ({ rows }, targets) => {
      const x = nonNegativeLeastSquares(rows, targets);
      const least = loss(rows, targets, x);
      for (let j = 0; j < 3; j++) {
        for (const change of [-1e-3, 1e-3]) {
          const moved = x.map((value, i) => Math.max(0, value + (i === j ? change : 0)));
          expect(loss(rows, targets, moved)).toBeGreaterThanOrEqual(least - 1e-9);
        }
      }
    });
    fc.assert(property, { numRuns: 50 });
  });
});

describe("fitCosts", () => {
  const config = modelConfig({ vocabSize: 65 });
  const steps = [
    trainingWork(modelConfig({ vocabSize: 65, hiddenDim: 32, numLayers: 1, contextLength: 16 }), {
      batchSize: 1,
      gradAccum: 1,
    }),
    trainingWork(modelConfig({ vocabSize: 65, hiddenDim: 512, numLayers: 1 }), { batchSize: 4, gradAccum: 1 }),
    trainingWork(modelConfig({ vocabSize: 4000, hiddenDim: 32, numLayers: 1 }), { batchSize: 4, gradAccum: 1 }),
    trainingWork({ ...config, dropout: 0.1 }, { batchSize: 4, gradAccum: 1 }),
    trainingWork(config, { batchSize: 12, gradAccum: 1 }),
  ];

  it("finds the costs of a machine from how long steps take there", () => {
    const costs = { op: 3e-4, flop: 5e-12, byte: 2e-11, random: 4e-10 };
    const fitted = fitCosts(steps.map((work) => ({ work, seconds: secondsOf(work, costs) })));
    for (const key of ["op", "flop", "byte", "random"] as const) expect(fitted[key] / costs[key]).toBeCloseTo(1, 4);
  });

  it("lets a short step's error count as much as a long one's", () => {
    const work = { ops: 1, flops: 0, bytes: 0, randoms: 0 };
    const long = { ...work, ops: 1000 };
    const { op } = fitCosts([
      { work, seconds: 2 }, // two seconds an op
      { work: long, seconds: 1000 }, // one
    ]);
    expect(op).toBeCloseTo((1 / 2 + 1) / (1 / 4 + 1), 6); // the least squares of op / 2 = 1 and op / 1 = 1
  });
});

describe("secondsOf", () => {
  it("adds what each part takes", () => {
    const work = { ops: 2, flops: 30, bytes: 400, randoms: 5000 };
    expect(secondsOf(work, { op: 1, flop: 0.1, byte: 0.01, random: 0.001 })).toBeCloseTo(2 + 3 + 4 + 5, 12);
  });
});

describe("estimate", () => {
  const model = modelConfig({ vocabSize: 65, contextLength: 10 });
  const costs = { op: 1e-3, flop: 1e-11, byte: 1e-10, random: 0 };
  const training = trainingConfig({ steps: 100, batchSize: 3, gradAccum: 2, evalEvery: 30, evalBatches: 7 });

  it("counts steps, and a validation for each that is due and the last", () => {
    const step = secondsOf(trainingWork(model, training), costs);
    const validation = 7 * secondsOf(forwardWork(model, training), costs);
    const { secondsPerStep, tokensPerSecond, seconds } = estimate(model, training, costs);
    expect(secondsPerStep).toBeCloseTo(step, 12);
    expect(tokensPerSecond).toBeCloseTo((3 * 2 * 10) / step, 6);
    expect(seconds).toBeCloseTo(100 * step + 4 * validation, 9); // after 30, 60, 90 and 100
    expect(estimate(model, training, costs, { steps: 60 }).seconds).toBeCloseTo(60 * step + 2 * validation, 9);
    expect(estimate(model, training, costs, { evalBatches: 0 }).seconds).toBeCloseTo(100 * step, 9);
    const atEnd = estimate(model, { ...training, evalEvery: 0 }, costs);
    expect(atEnd.seconds).toBeCloseTo(100 * step + validation, 9);
  });
});
