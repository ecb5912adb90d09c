import { type ModelConfig, modelConfig } from "../../../src/config/model.js";
import type { VariableValues } from "../../../src/model/variables.js";
import { weightShapes } from "../../../src/model/weightShapes.js";
import { AdamW } from "../../../src/optimizers/adamW.js";
import type { CheckpointContent, Resuming } from "../../../src/runs/checkpoint/checkpoint.js";

export const tiny = modelConfig({ vocabSize: 5, contextLength: 4, numLayers: 1, numHeads: 2, hiddenDim: 4 });

/** What the checkpoints of {@link content} resume. */
export const resume: Resuming = { run: undefined, config: tiny, stateShapes: AdamW.stateShapes };

/** Tensors of the given shapes in which every value differs from every other and from those of another seed. */
export function distinct(shapes: ReadonlyMap<string, readonly number[]>, seed = 0): VariableValues {
  let next = seed * 100_000;
  return new Map(
    [...shapes].map(([name, shape]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, { shape, data: Float32Array.from({ length: size }, () => ++next / 7) }];
    }),
  );
}

/** A whole checkpoint; what it holds depends on `step` and `config` alone. */
export function content(step: number, config: ModelConfig = tiny): CheckpointContent {
  return {
    step,
    config,
    tokenizer: { version: "1.0", step },
    weights: distinct(weightShapes(config), step),
    optimizer: distinct(AdamW.stateShapes(weightShapes(config)), step + 1),
    trainerState: { step, bestLoss: 1 / 3, seed: 1337 },
    generation: { temperature: 0.8, topK: 0, topP: 1, maxNewTokens: 200 },
  };
}

/** Tensors as plain values that a test can compare. */
export function plain(tensors: VariableValues): object {
  return Object.fromEntries(
    [...tensors].map(([name, { shape, data }]) => [name, { shape: [...shape], data: [...data] }]),
  );
}
