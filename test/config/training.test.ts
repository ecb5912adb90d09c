import { describe, expect, it } from "vitest";
import { trainingConfig, trainingNotes } from "../../src/config/training.js";
import { refusal } from "../support/refusal.js";

describe("trainingConfig", () => {
  it("fills in the defaults that DESIGN.md states", () => {
    expect(trainingConfig()).toEqual({
      steps: 3000,
      batchSize: 16,
      gradAccum: 1,
      learningRate: 4e-3,
      minLearningRate: 0,
      warmup: 100,
      optimizer: "adamw",
      weightDecay: 0.1,
      beta1: 0.9,
      beta2: 0.99,
      momentum: 0.9,
      clip: 1,
      evalEvery: 250,
      evalBatches: 20,
      saveEvery: 500,
      snapshots: 0,
      sampleEvery: 0,
      precision: "float32",
      seed: 1337,
    });
  });

  it("warms up for at most a tenth of the steps, unless it is told how long", () => {
    expect(trainingConfig({ steps: 55 }).warmup).toBe(5);
    expect(trainingConfig({ steps: 9 }).warmup).toBe(0);
    expect(trainingConfig({ steps: 55, warmup: 50 }).warmup).toBe(50);
  });

  it("keeps what is given, and takes undefined as not given", () => {
    const given = { ...trainingConfig(), steps: 7, warmup: 3, learningRate: 2, minLearningRate: 0, clip: 0, seed: 0 };
    expect(trainingConfig(given)).toEqual(given);
    expect(trainingConfig({ batchSize: undefined, learningRate: 0.5 })).toMatchObject({
      batchSize: 16,
      learningRate: 0.5,
    });
  });

  it.each([
    [{ steps: 0 }, "steps must be a whole number from 1 to 1000000000: got 0"],
    [{ batchSize: 65_537 }, "batchSize must be a whole number from 1 to 65536: got 65537"],
    [{ gradAccum: 0.5 }, "gradAccum must be a whole number from 1 to 65536: got 0.5"],
    [{ learningRate: 0 }, "learningRate must be a number above 0 and at most 1000: got 0"],
    [{ learningRate: Infinity }, "learningRate must be a number above 0 and at most 1000: got Infinity"],
    [{ minLearningRate: -1 }, "minLearningRate must be a number of at least 0: got -1"],
    [{ minLearningRate: 1 }, "minLearningRate must be at most learningRate 0.004: got 1"],
    [{ momentum: 0.5 }, "momentum must come with optimizer sgd, which it is for: got 0.5"],
    [{ optimizer: "sgd", beta1: 0.5 }, "beta1 must come with optimizer adamw, which it is for: got 0.5"],
    [{ warmup: -1 }, "warmup must be a whole number from 0 to 1000000000: got -1"],
    [{ weightDecay: -0.1 }, "weightDecay must be a number of at least 0: got -0.1"],
    [{ beta1: 1 }, "beta1 must be a number from 0 to 0.9999999: got 1"],
    [{ beta2: -0.5 }, "beta2 must be a number from 0 to 0.9999999: got -0.5"],
    [{ clip: Number.NaN }, "clip must be a number of at least 0: got NaN"],
    [{ evalEvery: -1 }, "evalEvery must be a whole number of at least 0: got -1"],
    [{ evalBatches: 0 }, "evalBatches must be a whole number from 1 to 1000000: got 0"],
    [{ saveEvery: 1.5 }, "saveEvery must be a whole number of at least 0: got 1.5"],
    [{ sampleEvery: "2" }, 'sampleEvery must be a whole number of at least 0: got "2"'],
    [{ seed: 2 ** 31 }, "seed must be a whole number from 0 to 2147483647: got 2147483648"],
  ])("refuses %o", (changes, message) => {
    expect(refusal(() => trainingConfig(changes as never))).toBe(`ConfigError: ${message}`);
  });
});

it("trainingNotes tells of a warm-up that is longer than the run, and of no other", () => {
  expect(trainingNotes(trainingConfig({ steps: 100, warmup: 99 }))).toEqual([]);
  expect(trainingNotes(trainingConfig({ steps: 100, warmup: 500 }))).toEqual([
    "the warm-up of 500 steps is not over before the last of 100: the learning rate never falls",
  ]);
});
