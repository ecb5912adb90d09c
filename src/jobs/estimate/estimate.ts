import type { ModelConfig } from "../../config/model.js";
import type { TrainingConfig } from "../../config/training.js";
import { executionOf } from "../../model/execution.js";
import { forwardWork, trainingWork } from "../../model/work.js";
import { type MachineCosts, secondsOf } from "./machineCosts.js";

/** How long a training will about take. */
export interface Estimate {
  secondsPerStep: number;
  /** Tokens trained on in a second, while no validation runs. */
  tokensPerSecond: number;
  /** Seconds for all steps and validations. */
  seconds: number;
}

export interface EstimateOptions {
  /** Steps that are to do. @default all of the training's */
  steps?: number;
  /** Batches of a validation. @default as many as the training says */
  evalBatches?: number;
}

/** How long training takes on the backend in use, on a machine of these costs. */
export function estimate(
  model: ModelConfig,
  training: TrainingConfig,
  costs: MachineCosts,
  { steps = training.steps, evalBatches = training.evalBatches }: EstimateOptions = {},
): Estimate {
  const { batchSize, gradAccum, evalEvery } = training;
  const execution = executionOf(model, batchSize);
  const secondsPerStep = secondsOf(trainingWork(model, training, execution), costs);
  const validations = evalEvery > 0 ? Math.ceil(steps / evalEvery) : 1; // the last step validates, too
  const validation = evalBatches * secondsOf(forwardWork(model, training, execution), costs);
  const tokens = batchSize * gradAccum * model.contextLength;
  return {
    secondsPerStep,
    tokensPerSecond: tokens / secondsPerStep,
    seconds: steps * secondsPerStep + validations * validation,
  };
}
