import type { ModelConfig } from "../config/model.js";
import type { TrainingConfig } from "../config/training.js";
import { parameterCounts } from "./count.js";
import { weightShapes } from "./weightShapes.js";

/** What training keeps from step to step, in bytes; the values inside a step, which grow with the batch, come on top. */
export interface TrainingMemory {
  weights: number;
  /** Of one batch, and their sums where an update takes several. */
  gradients: number;
  /** What the optimizer keeps: of AdamW two moments for each weight. */
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

/**
 * Bytes of `P` weights, `4 P`; of gradients, as much, twice where an update takes several batches; and of what the
 * optimizer keeps.
 *
 * @param stateShapes those of the optimizer, for weights of these shapes
 */
export function trainingMemory(
  config: ModelConfig,
  { gradAccum }: Pick<TrainingConfig, "gradAccum">,
  stateShapes: (weights: ReadonlyMap<string, readonly number[]>) => ReadonlyMap<string, readonly number[]>,
): TrainingMemory {
  const shapes = weightShapes(config);
  const weights = bytesOf(shapes);
  const gradients = weights * (gradAccum > 1 ? 2 : 1);
  const optimizer = bytesOf(stateShapes(shapes));
  return { weights, gradients, optimizer, total: weights + gradients + optimizer };
}

function bytesOf(shapes: ReadonlyMap<string, readonly number[]>): number {
  return [...shapes.values()].reduce((sum, shape) => sum + float * shape.reduce((a, b) => a * b, 1), 0);
}

/** `4 P` bytes of weights and `8 L T C` of keys and values. */
export function inferenceMemory(config: ModelConfig): InferenceMemory {
  const { numLayers, hiddenDim, contextLength } = config;
  const weights = float * parameterCounts(config).total;
  const cache = float * 2 * numLayers * contextLength * hiddenDim;
  return { weights, cache, total: weights + cache };
}
