import * as tf from "@tensorflow/tfjs";
import { type ModelConfig, modelConfig } from "../../src/config/model.js";
import { type TrainingConfig, trainingConfig } from "../../src/config/training.js";
import type { Batch } from "../../src/dataset/sampler.js";
import { Transformer } from "../../src/model/transformer.js";
import { weightShapes } from "../../src/model/weightShapes.js";
import { integers, normals } from "./numbers.js";
import { rows } from "./plain.js";

/** A model small enough for numerical work: V = 7, T = 5, L = 2, H = 2, C = 4, F = 6. */
export const tinyConfig: ModelConfig = modelConfig({
  vocabSize: 7,
  contextLength: 5,
  numLayers: 2,
  numHeads: 2,
  hiddenDim: 4,
  intermediateDim: 6,
});

/** A tiny model whose every weight matters: gains about 1, everything else normal(0, 0.5), the same on each backend. */
export function tinyModel(changes: Partial<ModelConfig> = {}): Transformer {
  const config = { ...tinyConfig, ...changes };
  const model = new Transformer(config);
  model.load(
    new Map(
      [...weightShapes(config)].map(([name, shape]) => {
        const around = name.endsWith("gain") ? 1 : 0;
        return [name, { shape, data: normals(shape, name, 0.5).map((x) => x + around) }];
      }),
    ),
  );
  return model;
}

/** Seeded token ids `[B, T]`. */
export function tinyIds(batch = 2, { contextLength, vocabSize } = tinyConfig): tf.Tensor2D {
  return tf.tensor2d(integers(batch * contextLength, vocabSize, "ids"), [batch, contextLength], "int32");
}

/** The same ids as plain rows. */
export function tinyRows(batch = 2, config: Pick<ModelConfig, "contextLength" | "vocabSize"> = tinyConfig): number[][] {
  const ids = integers(batch * config.contextLength, config.vocabSize, "ids");
  return rows(ids, config.contextLength);
}

/** A seeded batch of ids and targets; `index` tells batches apart. */
export function tinyBatch(index: number, batch = 2, { contextLength, vocabSize } = tinyConfig): Batch {
  const draw = (what: string) => integers(batch * contextLength, vocabSize, `${what} ${index}`);
  return { inputs: draw("inputs"), targets: draw("targets") };
}

/** Training that never saves, validates or decays its learning rate unless asked to. */
export function tinyTraining(given: Partial<TrainingConfig> = {}): TrainingConfig {
  const rate = given.learningRate ?? 0.01;
  const quiet = { evalEvery: 0, saveEvery: 0, warmup: 0, learningRate: rate, minLearningRate: rate };
  return trainingConfig({ steps: 4, batchSize: 2, ...quiet, ...given });
}
