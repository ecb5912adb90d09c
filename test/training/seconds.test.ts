import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { trainingConfig } from "../../src/config/training.js";
import { learningRateAt } from "../../src/training/schedule.js";
import { type Progress, Trainer, type TrainerState } from "../../src/training/trainer.js";
import { tinyBatch, tinyModel, tinyTraining } from "../support/tinyModel.js";

describe("where time decides the last step", () => {
  const config = trainingConfig({ steps: 1e9, warmup: 10, learningRate: 0.5, minLearningRate: 0.1 });
  const at = (step: number, passed: number, warmup?: number) => learningRateAt(step, config, { passed, warmup });

  it("the learning rate falls over the time, after a rise over steps", () => {
    expect(at(5, 0.1)).toBe(0.25);
    expect(at(11, 0.5)).toBeCloseTo(0.3, 12); // half-way: the middle of the two rates
    expect(at(9999, 0.25)).toBeCloseTo(0.1 + 0.4 * (0.5 + Math.SQRT1_2 / 2), 12);
    expect(at(11, 1)).toBe(0.1);
    expect(at(11, 1.5)).toBe(0.1);
    expect(at(9, 0.9)).toBeLessThan(0.12); // few steps: the time is almost up before the rise ends
  });

  it("the rise takes no more than its share of the time", () => {
    expect(at(2, 0.05, 0.1)).toBe(0.25); // half of that share, and a fifth of the steps
    expect(at(8, 0.01, 0.1)).toBeCloseTo(0.4, 12); // quick steps rise as without
    expect(at(2, 0, 0.1)).toBeCloseTo(0.1, 12);
    expect(at(2, 0.25, 0.1)).toBeCloseTo(0.1 + 0.4 * (0.5 + Math.SQRT1_2 / 2), 12);
  });

  let model: ReturnType<typeof tinyModel>;
  let now = 0;
  beforeEach(async () => {
    await useBackend("cpu");
    model = tinyModel();
    now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    model.dispose();
  });

  /** Trains for 4.5 seconds with steps of one second each. */
  async function run(
    state?: TrainerState,
    { steps = 1e9, warmup = 0, warmupShare = undefined as number | undefined } = {},
  ) {
    const config = tinyTraining({ steps, warmup, learningRate: 0.01, minLearningRate: 0.001 });
    const trainer = new Trainer(model, config);
    const progress: Progress[] = [];
    const saved: TrainerState[] = [];
    const batch = (step: number) => {
      now += 1000;
      return tinyBatch(step);
    };
    const onStep = (each: Progress) => progress.push(each);
    const onSave = (each: TrainerState) => saved.push(each);
    const end = await trainer.run({
      batch,
      validation: [tinyBatch(99)],
      state,
      seconds: 4.5,
      warmupShare,
      onStep,
      onSave,
    });
    trainer.dispose();
    return { end, progress, saved };
  }

  it("the step that passes it is the last, which validates and is saved", async () => {
    const { end, progress, saved } = await run();
    expect(end).toMatchObject({ step: 5, elapsed: 5 });
    expect(progress.map(({ step, steps }) => [step, steps])).toEqual([
      [1, 5],
      [2, 5],
      [3, 5],
      [4, 5],
      [5, 5],
    ]);
    expect(progress.map(({ valLoss }) => valLoss !== undefined)).toEqual([false, false, false, false, true]);
    expect(saved).toEqual([end]);
    const rates = [0, 1, 2, 3, 4].map((second) => 0.001 + 0.0045 * (1 + Math.cos((Math.PI * second) / 4.5)));
    for (const [i, { learningRate }] of progress.entries()) expect(learningRate).toBeCloseTo(rates[i]!, 12);
  });

  it("the time of earlier runs counts", async () => {
    const { end, progress } = await run({ step: 30, tokens: 300, elapsed: 3 });
    expect(end).toMatchObject({ step: 32, elapsed: 5 });
    expect(progress.map(({ step, steps }) => [step, steps])).toEqual([
      [31, 35],
      [32, 32],
    ]);
    expect((await run({ step: 32, tokens: 320, elapsed: 4.5 })).progress).toEqual([]);
  });

  it("the warm-up ends by time where its steps take too long", async () => {
    const { progress } = await run(undefined, { warmup: 100, warmupShare: 0.5 });
    const rates = progress.map(({ learningRate }) => learningRate);
    expect(rates.slice(0, 2)).toEqual([0.0001, 0.01 / 4.5 / 0.5]);
    for (const second of [3, 4]) {
      expect(rates[second]).toBeCloseTo(0.001 + 0.0045 * (1 + Math.cos((Math.PI * second) / 4.5)), 12);
    }
  });

  it("no more steps are done than are asked for", async () => {
    expect((await run(undefined, { steps: 3 })).end.step).toBe(3);
  });
});
