import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import type { TrainingConfig } from "../../src/config/training.js";
import { learningRateAt } from "../../src/training/schedule.js";
import { type Progress, Trainer, type TrainerOptions } from "../../src/training/trainer.js";
import { tinyBatch, tinyConfig, tinyModel, tinyTraining } from "../support/tinyModel.js";

const batch = (step: number, micro: number) => tinyBatch(10 * step + micro);

describe("a trainer", () => {
  let model: ReturnType<typeof tinyModel>;
  let trainer: Trainer;
  let events: string[];
  let progress: Progress[];

  beforeEach(async () => {
    await useBackend("cpu");
    model = tinyModel();
  });
  afterEach(() => {
    trainer.dispose();
    model.dispose();
  });

  function run(config: Partial<TrainingConfig>, options: Partial<TrainerOptions> = {}) {
    trainer = new Trainer(model, tinyTraining(config));
    events = [];
    progress = [];
    return trainer.run({
      batch,
      validation: [],
      onStep: (now) => {
        events.push(`step ${now.step}`);
        progress.push(now);
      },
      onSave: ({ step }, isBest) => events.push(`save ${step}${isBest ? " best" : ""}`),
      onSample: async (step) => {
        await Promise.resolve();
        events.push(`sample ${step}`);
      },
      ...options,
    });
  }

  /** Makes validation return these losses, one after another. */
  function validationLosses(losses: number[]): Partial<TrainerOptions> {
    const left = [...losses];
    vi.spyOn(trainer.step, "evaluate").mockImplementation(() => left.shift()!);
    return { validation: [tinyBatch(99)] };
  }

  it("calls onStep, then onSave, then onSample, each when it is due, and saves at the end", async () => {
    await run({ steps: 7, saveEvery: 3, sampleEvery: 2 });
    expect(events).toEqual([
      ...["step 1", "step 2", "sample 2", "step 3", "save 3", "step 4", "sample 4"],
      ...["step 5", "step 6", "save 6", "sample 6", "step 7", "save 7"],
    ]);
  });

  it("reports step, tokens, learning rate, losses, gradient norm and times after each step", async () => {
    const config = tinyTraining({
      steps: 3,
      batchSize: 2,
      gradAccum: 2,
      warmup: 2,
      minLearningRate: 0.001,
      evalEvery: 2,
    });
    const asked: string[] = [];
    const state = await run(config, {
      batch: (step, micro) => {
        asked.push(`${step}.${micro}`);
        return batch(step, micro);
      },
      validation: [tinyBatch(98), tinyBatch(99)],
    });
    expect(asked).toEqual(["1.0", "1.1", "2.0", "2.1", "3.0", "3.1"]);
    const tokens = 4 * tinyConfig.contextLength;
    expect(progress.map((p) => [p.step, p.steps, p.tokens])).toEqual([1, 2, 3].map((s) => [s, 3, s * tokens]));
    expect(progress.map((p) => p.learningRate)).toEqual([1, 2, 3].map((s) => learningRateAt(s, config)));
    expect(progress.map((p) => p.valLoss !== undefined)).toEqual([false, true, true]); // every second step, and the last
    const mean = (trainer.step.evaluate(tinyBatch(98)) + trainer.step.evaluate(tinyBatch(99))) / 2;
    expect(progress[2]!.valLoss).toBe(mean);
    for (const p of progress) {
      expect(p.trainLoss).toBeGreaterThan(0);
      expect(p.gradNorm).toBeGreaterThan(0);
      expect(p.tokensPerSecond).toBeGreaterThan(0);
    }
    expect(progress[2]!.elapsed).toBeGreaterThan(progress[0]!.elapsed);
    expect(state).toEqual({ step: 3, tokens: 3 * tokens, elapsed: progress[2]!.elapsed, best: expect.anything() });
  });

  it("keeps the step with the lowest validation loss, and saves whenever there is a new one", async () => {
    trainer = new Trainer(model, tinyTraining({ steps: 5, evalEvery: 1 }));
    const saved: string[] = [];
    const state = await trainer.run({
      batch,
      ...validationLosses([3, 2, 2, 2.5, 1.5]),
      onSave: ({ step, best }, isBest) => saved.push(`${step} ${isBest} best ${best?.step} ${best?.valLoss}`),
    } as TrainerOptions);
    expect(saved).toEqual(["1 true best 1 3", "2 true best 2 2", "5 true best 5 1.5"]);
    expect(state.best).toEqual({ step: 5, valLoss: 1.5 });
  });

  it("keeps the best step of the run that it resumes", async () => {
    trainer = new Trainer(model, tinyTraining({ steps: 4, evalEvery: 1 }));
    const saved: string[] = [];
    const state = await trainer.run({
      batch,
      ...validationLosses([1.2, 1.1]),
      state: { step: 2, tokens: 20, elapsed: 100, best: { step: 1, valLoss: 1 } },
      onSave: ({ step }, isBest) => saved.push(`${step} ${isBest}`),
    } as TrainerOptions);
    expect(saved).toEqual(["4 false"]);
    expect(state).toMatchObject({ step: 4, tokens: 20 + 2 * 10, best: { step: 1, valLoss: 1 } });
    expect(state.elapsed).toBeGreaterThan(100);
    expect(state.elapsed).toBeLessThan(160);
  });

  it("finishes the current step, saves and stops when its signal aborts", async () => {
    const controller = new AbortController();
    const running = run(
      { steps: 9 },
      {
        signal: controller.signal,
        batch: (step, micro) => {
          if (step === 3) controller.abort();
          return batch(step, micro);
        },
      },
    );
    await expect(running).rejects.toMatchObject({
      name: "InterruptedError",
      message: "stopped after step 3, which is saved",
      exitCode: 130,
    });
    expect(events).toEqual(["step 1", "step 2", "step 3", "save 3"]);
  });

  it("ends normally when its signal aborts during the last step", async () => {
    const signal = AbortSignal.abort();
    expect((await run({ steps: 1 }, { signal })).step).toBe(1);
    expect(events).toEqual(["step 1", "save 1"]);
  });

  it("stops when its signal aborts between two steps", async () => {
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    await expect(run({ steps: 1000 }, { signal: controller.signal })).rejects.toThrow(
      /^stopped after step [12], which is saved$/,
    );
  });

  it("does nothing if all steps are done", async () => {
    const state = { step: 4, tokens: 40, elapsed: 1 };
    expect(await run({ steps: 4 }, { state })).toEqual(state);
    expect(events).toEqual([]);
  });

  it("fails without saving if the loss is not finite, and names the step and the learning rate", async () => {
    const poison = (step: number, micro: number) => {
      if (step === 3) model.weights.get("tokens.weight")!.assign(tf.fill([7, 4], Number.NaN));
      return batch(step, micro);
    };
    await expect(run({ steps: 5, saveEvery: 2, learningRate: 0.0123456 }, { batch: poison })).rejects.toMatchObject({
      name: "TrainingError",
      exitCode: 1,
      message:
        "training loss must be a finite number: got NaN at step 3, learning rate 0.01235 (try a smaller --lr or a longer --warmup)",
    });
    expect(events).toEqual(["step 1", "step 2", "save 2"]);
  });

  it("fails if the gradient norm or the validation loss is not finite", async () => {
    trainer = new Trainer(model, tinyTraining());
    vi.spyOn(trainer.step, "run").mockReturnValueOnce({ loss: 1, gradNorm: Infinity });
    await expect(trainer.run({ batch, validation: [] })).rejects.toThrow(
      "gradient norm must be a finite number: got Infinity at step 1, learning rate 0.01 (try a smaller --lr or a longer --warmup)",
    );
    trainer.dispose();
    trainer = new Trainer(model, tinyTraining({ evalEvery: 1 }));
    const options = { batch, ...validationLosses([Infinity]) } as TrainerOptions;
    await expect(trainer.run(options)).rejects.toThrow(
      "validation loss must be a finite number: got Infinity at step 1, learning rate 0.01 (try a smaller --lr or a longer --warmup)",
    );
  });
});
