import type { ModelConfig } from "./model.js";
import type { TrainingConfig } from "./training.js";

/** What the command line calls the fields of a model's shape. */
export const modelFlagFields = {
  layers: "numLayers",
  heads: "numHeads",
  dim: "hiddenDim",
  "ff-dim": "intermediateDim",
  context: "contextLength",
  positions: "positions",
  activation: "activation",
  bias: "bias",
  tie: "tie",
  dropout: "dropout",
} as const satisfies Record<string, keyof ModelConfig>;

/** What the command line calls the fields of training. */
export const trainingFlagFields = {
  steps: "steps",
  batch: "batchSize",
  "grad-accum": "gradAccum",
  lr: "learningRate",
  "min-lr": "minLearningRate",
  warmup: "warmup",
  "weight-decay": "weightDecay",
  beta1: "beta1",
  beta2: "beta2",
  clip: "clip",
  "eval-every": "evalEvery",
  "eval-batches": "evalBatches",
  "save-every": "saveEvery",
  "sample-every": "sampleEvery",
  precision: "precision",
  seed: "seed",
} as const satisfies Record<string, keyof TrainingConfig>;
