import { setImmediate as eventLoop } from "node:timers/promises";
import type { ModelConfig } from "../config/model.js";
import type { TrainingConfig } from "../config/training.js";
import { Random } from "../core/random.js";
import { median } from "../core/statistics.js";
import { Transformer } from "../model/transformer.js";
import { type StepOptions, TrainingStep } from "../training/step.js";

/** How fast a model trains here, by a few steps that were timed. */
export interface StepTiming {
  /** The median of the steps. */
  secondsPerStep: number;
  /** Tokens trained on per second, while no validation runs. */
  tokensPerSecond: number;
  /** For one batch of a validation. */
  secondsPerEvalBatch: number;
  /** The most memory that this process has held, in bytes: its start, Node.js and the backend included. */
  peakMemory: number;
}

/** Steps that are timed, unless they take longer than `enough`. */
const timedSteps = 3;

/** Seconds of timed steps after which no further one begins. */
const enough = 5;

/**
 * Trains a fresh model on random tokens: one step that is not timed, as it traces the graph, then three that are; the
 * same for a batch of a validation. Runs on the backend in use.
 */
export async function timeSteps(
  model: ModelConfig,
  training: TrainingConfig,
  options: StepOptions = {},
): Promise<StepTiming> {
  const { batchSize, gradAccum } = training;
  const random = new Random(training.seed, "timing");
  const count = batchSize * model.contextLength;
  const ids = () => Int32Array.from({ length: count }, () => random.nextInteger(model.vocabSize));
  const batches = Array.from({ length: gradAccum }, () => ({ inputs: ids(), targets: ids() }));
  const transformer = new Transformer(model, { seed: training.seed });
  const step = new TrainingStep(transformer, training, options);
  try {
    const secondsPerStep = await secondsOf((i) => step.run(batches, i, training.learningRate));
    const secondsPerEvalBatch = await secondsOf(() => step.evaluate(batches[0]!));
    const peakMemory = 1024 * process.resourceUsage().maxRSS;
    return { secondsPerStep, tokensPerSecond: (gradAccum * count) / secondsPerStep, secondsPerEvalBatch, peakMemory };
  } finally {
    step.dispose();
    transformer.dispose();
  }
}

/** The median time of a few calls of `work` after a first one; calls count from 1. */
async function secondsOf(work: (call: number) => void): Promise<number> {
  work(1);
  const times: number[] = [];
  let spent = 0;
  while (times.length < timedSteps && spent < enough) {
    await eventLoop(); // so that a signal is heard
    const before = performance.now();
    work(times.length + 2);
    times.push((performance.now() - before) / 1000);
    spent += times.at(-1)!;
  }
  return median(times);
}

/** Seconds that `steps` take, with a validation of `evalBatches` batches every `evalEvery` of them and at the end. */
export function secondsOfTraining(
  { secondsPerStep, secondsPerEvalBatch }: StepTiming,
  { steps, evalEvery, evalBatches }: Pick<TrainingConfig, "steps" | "evalEvery" | "evalBatches">,
): number {
  const validations = evalEvery > 0 ? Math.ceil(steps / evalEvery) : 1;
  return steps * secondsPerStep + validations * evalBatches * secondsPerEvalBatch;
}
