import { type StepTiming, secondsOfTraining } from "../../jobs/timeSteps.js";
import { trainingFlopsPerToken } from "../../model/count.js";
import type { SweepOptions } from "./options.js";
import { type PlannedSweep, planSweep } from "./planSweep.js";
import type { SweepSurvey, Trial } from "./planTrials.js";
import { runTask } from "./workerProcess.js";

/** What a sweep would do, and how long it would about take. */
export interface SweepForecast
  extends Pick<PlannedSweep, "trials" | "skipped" | "notes" | "survey" | "workers" | "threads"> {
  /** Of the shapes that were timed, in the order of their size. */
  timed: { settings: Trial["settings"]; secondsPerStep: number; tokensPerSecond: number }[];
  /** For all trials; undefined where nothing was timed. */
  seconds?: number;
}

/** Shapes that are timed at most; of more, some between the smallest and the largest stand for the others. */
const mostTimed = 6;

/**
 * What `sweep` would do with these options, checked as it checks them; nothing is written. A few steps are timed of each
 * shape that differs in what a step costs, or of six of them: a shape between two counts as the larger.
 *
 * @throws ConfigError, DataError, CheckpointError or BackendError as `sweep` says.
 */
export async function forecastSweep(
  options: SweepOptions,
  { timing = true, onTiming }: { timing?: boolean; onTiming?(count: number): void } = {},
): Promise<SweepForecast> {
  const { trials, skipped, notes, survey, workers, threads, asked } = await planSweep(options);
  const planned = { trials, skipped, notes, survey, workers, threads };
  if (!timing) return { ...planned, timed: [] };
  const shapes = [...new Map(trials.map((trial) => [stepCost(trial), trial])).entries()].sort(([a], [b]) => a - b);
  const count = Math.min(mostTimed, shapes.length);
  const places = Array.from({ length: count }, (_, i) => Math.round(((i + 1) * shapes.length) / count) - 1);
  onTiming?.(count);
  const timed: (StepTiming & { cost: number; trial: Trial })[] = [];
  for (const [cost, trial] of places.map((place) => shapes[place]!)) {
    const options = { backend: survey.backend, compiled: asked.compiled, xla: asked.xla };
    const { timing } = await runTask({ kind: "timing", options, trial }, threads, "timed");
    timed.push({ cost, trial, ...timing });
  }
  const each = trials.map((trial) => {
    const timing = timed.find(({ cost }) => cost >= stepCost(trial))!;
    return secondsOfTraining(timing, { ...trial.training, evalBatches: evalBatches(trial, survey) });
  });
  const all = each.reduce((sum, seconds) => sum + seconds, 0);
  return {
    ...planned,
    timed: timed.map(({ trial, secondsPerStep, tokensPerSecond }) => {
      return { settings: trial.settings, secondsPerStep, tokensPerSecond };
    }),
    seconds: Math.max(all / workers, ...each),
  };
}

/** What a step costs, in floating-point operations. */
function stepCost({ model, training: { batchSize, gradAccum } }: Trial): number {
  return batchSize * gradAccum * model.contextLength * trainingFlopsPerToken(model);
}

/** Batches of a validation: no more than the text has. */
function evalBatches({ model, training }: Trial, { tokens }: SweepSurvey): number {
  const windows = Math.max(0, Math.floor((tokens.validation - 1) / model.contextLength));
  return Math.min(training.evalBatches, Math.ceil(windows / training.batchSize));
}
