import type { ModelConfig } from "../config/model.js";
import type { TrainingConfig } from "../config/training.js";
import { parameterCounts } from "./count.js";

/** What training keeps from step to step, in bytes; the values inside a step, which grow with the batch, come on top. */
export interface TrainingMemory {
  weights: number;
  /** Of one batch, and their sums where an update takes several. */
  gradients: number;
  /** AdamW's two moments, for each weight. */
  optimizer: number;
  total: number;
}

/** What a model that writes text keeps from token to token, in bytes. */
export interface InferenceMemory {
  weights: number;
  /** Keys and values of a full context. */
  cache: number;
  total: number;
}

/** Bytes of a float32 number. */
const float = 4;

/** `16 P` bytes for `P` weights; `20 P` where an update takes several batches. */
export function trainingMemory(config: ModelConfig, { gradAccum }: Pick<TrainingConfig, "gradAccum">): TrainingMemory {
  const weights = float * parameterCounts(config).total;
  const gradients = weights * (gradAccum > 1 ? 2 : 1);
  const optimizer = 2 * weights;
  return { weights, gradients, optimizer, total: weights + gradients + optimizer };
}

/** `4 P` bytes of weights and `8 L T C` of keys and values. */
export function inferenceMemory(config: ModelConfig): InferenceMemory {
  const { numLayers, hiddenDim, contextLength } = config;
  const weights = float * parameterCounts(config).total;
  const cache = float * 2 * numLayers * contextLength * hiddenDim;
  return { weights, cache, total: weights + cache };
}
