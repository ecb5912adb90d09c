import * as tf from "@tensorflow/tfjs";
import { expect, it, vi } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { shareThreads } from "../../src/backends/threads.js";
import type { TrainingConfig } from "../../src/config/training.js";
import type { Batch } from "../../src/dataset/sampler.js";
import type { Transformer } from "../../src/model/transformer.js";
import { AdamW } from "../../src/optimizers/adamW.js";
import { clipScale, globalNorm } from "../../src/training/clipping.js";
import { TrainingStep } from "../../src/training/step.js";
import { onEveryBackend, present } from "../support/backends.js";
import { expectClose, tensorsLeft } from "../support/numbers.js";
import { tinyBatch, tinyConfig, tinyModel, tinyTraining } from "../support/tinyModel.js";

// Without biases: the gradient of a key's bias is 0 except for rounding errors, which Adam would magnify.
const noBias = { bias: false, numLayers: 1 };
const T = tinyConfig.contextLength;

function joined(batches: Batch[]): Batch {
  const all = (what: keyof Batch) => Int32Array.from(batches.flatMap((batch) => [...batch[what]]));
  return { inputs: all("inputs"), targets: all("targets") };
}

/** Runs `steps` steps and returns their results and the final weights. */
function train(model: Transformer, config: TrainingConfig, batches: (step: number) => Batch[], compiled?: boolean) {
  const step = new TrainingStep(model, config, { compiled });
  const results = Array.from({ length: config.steps }, (_, i) => step.run(batches(i + 1), i + 1, config.learningRate));
  const weights = model.read();
  step.dispose();
  model.dispose();
  return { results, weights };
}

onEveryBackend("a training step", () => {
  it("equals its parts: the mean loss, clipping of its gradients, and AdamW", () => {
    const config = tinyTraining({ clip: 0.5, steps: 3 });
    const { results, weights } = train(tinyModel(noBias), config, (step) => [tinyBatch(step)]);
    const model = tinyModel(noBias);
    const optimizer = new AdamW(model.weights, config);
    results.forEach(({ loss, gradNorm }, i) => {
      const { inputs, targets } = tinyBatch(i + 1);
      const [ids, next] = [inputs, targets].map((x) => tf.tensor2d(x, [2, T], "int32")) as [tf.Tensor2D, tf.Tensor2D];
      const { value, grads } = tf.variableGrads(() => model.losses(ids, next).mean(), [...model.weights.values()]);
      const gradients = new Map([...model.weights].map(([name, weight]) => [name, grads[weight.name]!]));
      const norm = globalNorm([...gradients.values()]);
      expectClose([loss, gradNorm], [value.dataSync()[0]!, norm.dataSync()[0]!]);
      expect(gradNorm).toBeGreaterThan(config.clip);
      optimizer.update(gradients, clipScale(norm, config.clip), optimizer.scalars(i + 1, config.learningRate));
    });
    for (const [name, { data }] of model.read()) expectClose(weights.get(name)!.data, data);
    optimizer.dispose();
    model.dispose();
  });

  it("does not clip if clip is 0", () => {
    const batches = (step: number) => [tinyBatch(step)];
    const off = train(tinyModel(noBias), tinyTraining({ clip: 0 }), batches);
    const wide = train(tinyModel(noBias), tinyTraining({ clip: 1e6 }), batches);
    expect(off).toEqual(wide);
  });

  it("gives the same result for three accumulated batches as for one large batch", () => {
    const parts = (step: number) => [0, 1, 2].map((micro) => tinyBatch(3 * step + micro));
    const accumulated = train(tinyModel(noBias), tinyTraining({ gradAccum: 3 }), parts);
    const whole = train(tinyModel(noBias), tinyTraining({ batchSize: 6 }), (step) => [joined(parts(step))]);
    accumulated.results.forEach(({ loss, gradNorm }, i) => {
      expectClose([loss, gradNorm], [whole.results[i]!.loss, whole.results[i]!.gradNorm]);
    });
    for (const [name, { data }] of accumulated.weights) {
      expectClose(data, whole.weights.get(name)!.data, { absolute: 2e-6, relative: 1e-6 });
    }
  });

  it("leaves no trace of an update whose second batch failed", () => {
    const config = tinyTraining({ gradAccum: 2, steps: 1 });
    const weightsAfter = (compiled: boolean, fails: boolean) => {
      const model = tinyModel(noBias);
      const step = new TrainingStep(model, config, { compiled });
      const beyond = { ...tinyBatch(1), inputs: tinyBatch(1).inputs.map(() => tinyConfig.vocabSize) };
      if (fails) expect(() => step.run([tinyBatch(0), beyond], 1, 1e-3)).toThrow();
      const result = step.run([tinyBatch(2), tinyBatch(3)], 1, 1e-3);
      const weights = model.read();
      step.dispose();
      model.dispose();
      return { result, weights };
    };
    for (const compiled of [false, true]) expect(weightsAfter(compiled, true)).toEqual(weightsAfter(compiled, false));
  });

  it("gives the same results compiled as op by op, with dropout and accumulation", () => {
    const parts = (step: number) => [0, 1].map((micro) => tinyBatch(2 * step + micro));
    const [compiled, eager] = [true, false].map((compiled) =>
      train(tinyModel({ ...noBias, dropout: 0.3 }), tinyTraining({ gradAccum: 2, steps: 6 }), parts, compiled),
    );
    compiled!.results.forEach(({ loss, gradNorm }, i) => {
      expectClose([loss, gradNorm], [eager!.results[i]!.loss, eager!.results[i]!.gradNorm]);
    });
    for (const [name, { data }] of compiled!.weights) expectClose(data, eager!.weights.get(name)!.data);
  });

  it("draws the same dropout for the same seed and step, and a different one otherwise", () => {
    const losses = (seed: number, batches: number[]) => {
      const config = tinyTraining({ seed, steps: 2, gradAccum: batches.length, learningRate: 1e-12 });
      const parts = () => batches.map(() => tinyBatch(0));
      return train(tinyModel({ dropout: 0.5, numLayers: 1 }), config, parts).results.map(({ loss }) => loss);
    };
    const [first, second] = losses(1, [0]);
    expect([first, second]).toEqual(losses(1, [0]));
    expect(first).not.toBe(second); // the same batch, almost the same weights, a different mask
    expect(first).not.toBe(losses(2, [0])[0]);
  });

  it("evaluates batches of any size without dropout, and changes no weights", () => {
    const model = tinyModel({ dropout: 0.5, numLayers: 1 });
    const step = new TrainingStep(model, tinyTraining());
    const before = model.read();
    const { inputs, targets } = tinyBatch(0, 3);
    const expected = model.losses(tf.tensor2d(inputs, [3, T], "int32"), tf.tensor2d(targets, [3, T], "int32")).mean();
    expectClose([step.evaluate({ inputs, targets })], expected);
    expect(step.evaluate({ inputs, targets })).toBe(step.evaluate({ inputs, targets }));
    expect(model.read()).toEqual(before);
    step.dispose();
    model.dispose();
  });

  it.each([1, 2])("leaves no tensors in memory, with %i batches per step", (gradAccum) => {
    const model = tinyModel({ dropout: 0.2, numLayers: 1 });
    const step = new TrainingStep(model, tinyTraining({ gradAccum }));
    const batches = Array.from({ length: gradAccum }, (_, i) => tinyBatch(i));
    step.run(batches, 1, 0.01); // makes the graphs
    step.evaluate(tinyBatch(0));
    expect(tensorsLeft(() => step.run(batches, 2, 0.01))).toBe(0);
    expect(tensorsLeft(() => step.evaluate(tinyBatch(1)))).toBe(0);
    step.dispose();
    model.dispose();
  });

  it("leaves no tensors in memory after dispose", () => {
    const whole = () => {
      const model = tinyModel({ numLayers: 1 });
      const step = new TrainingStep(model, tinyTraining({ gradAccum: 2 }));
      step.run([tinyBatch(0), tinyBatch(1)], 1, 0.01);
      step.dispose();
      model.dispose();
    };
    whole();
    expect(tensorsLeft(whole)).toBe(0);
  });
});

it("uses a different dropout seed for every part of every step, and for every run", async () => {
  await useBackend("cpu");
  const seeds: number[] = [];
  for (const seed of [1, 2]) {
    const model = tinyModel(noBias);
    const losses = model.losses.bind(model);
    vi.spyOn(model, "losses").mockImplementation((ids, targets, context) => {
      seeds.push(context!.dropoutSeed!.dataSync()[0]!);
      return losses(ids, targets, context);
    });
    train(model, tinyTraining({ seed, steps: 3, gradAccum: 2 }), (step) => [tinyBatch(step), tinyBatch(step)]);
  }
  expect(seeds.length).toBe(12);
  expect(new Set(seeds).size).toBe(12);
});

it.runIf(present.includes("native"))("gives the same losses with dropout for any number of threads", async () => {
  await useBackend("native");
  const environment = { ...process.env };
  const losses = [1, 3].map((threads) => {
    delete process.env.TF_NUM_INTEROP_THREADS;
    process.env.HEED_THREADS = String(threads);
    shareThreads();
    const shape = { ...tinyConfig, contextLength: 150 }; // longer than a block of attention
    const config = tinyTraining({ steps: 50, batchSize: 5, learningRate: 1e-3 });
    const model = tinyModel({ ...shape, ...noBias, dropout: 0.3 });
    return train(model, config, (step) => [tinyBatch(step, 5, shape)]).results.map(({ loss }) => loss);
  });
  process.env = environment;
  shareThreads();
  for (const other of losses.slice(1)) expectClose(other, losses[0]!, { relative: 1e-5, absolute: 0 });
});
