import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { secondsOfTraining, timeSteps } from "../../src/jobs/timeSteps.js";
import { onEveryBackend } from "../support/backends.js";
import { tinyConfig, tinyTraining } from "../support/tinyModel.js";

onEveryBackend("timing a few steps", () => {
  it("counts a step's tokens, and leaves nothing behind", async () => {
    await timeSteps(tinyConfig, tinyTraining());
    const before = tf.memory().numTensors;
    const timing = await timeSteps(tinyConfig, tinyTraining({ gradAccum: 2 }));
    expect(tf.memory().numTensors).toBe(before);
    expect(timing.secondsPerStep).toBeGreaterThan(0);
    expect(timing.secondsPerEvalBatch).toBeGreaterThan(0);
    // B = 2 sequences of T = 5 tokens, two batches a step.
    expect(timing.tokensPerSecond * timing.secondsPerStep).toBeCloseTo(2 * 2 * 5, 6);
    expect(timing.peakMemory).toBeGreaterThanOrEqual(process.memoryUsage.rss() / 2);
  });
});

describe("the time of a whole training", () => {
  const timing = { secondsPerStep: 2, secondsPerEvalBatch: 0.5, tokensPerSecond: 1, peakMemory: 0 };

  it.each([
    [{ steps: 10, evalEvery: 0, evalBatches: 4 }, 10 * 2 + 1 * 4 * 0.5],
    [{ steps: 10, evalEvery: 5, evalBatches: 4 }, 10 * 2 + 2 * 4 * 0.5],
    [{ steps: 11, evalEvery: 5, evalBatches: 4 }, 11 * 2 + 3 * 4 * 0.5], // the last step validates, too
    [{ steps: 10, evalEvery: 5, evalBatches: 0 }, 10 * 2],
  ])("of %o is %d seconds", (training, seconds) => {
    expect(secondsOfTraining(timing, training)).toBe(seconds);
  });
});
