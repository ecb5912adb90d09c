import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { modelConfig } from "../../src/config/model.js";
import { KvCache } from "../../src/generation/kvCache.js";
import { inferenceMemory, trainingMemory } from "../../src/model/memory.js";
import { Transformer } from "../../src/model/transformer.js";
import { AdamW } from "../../src/optimizers/adamW.js";
import { tinyTraining } from "../support/tinyModel.js";

const config = modelConfig({ vocabSize: 65, contextLength: 64, numLayers: 3, numHeads: 2, hiddenDim: 32 });

/** Bytes of the tensors that `make` leaves behind. */
function bytesOf<T extends { dispose(): void }>(make: () => T): { made: T; bytes: number } {
  const before = tf.memory().numBytes;
  const made = make();
  return { made, bytes: tf.memory().numBytes - before };
}

describe("memory that is counted", () => {
  beforeAll(() => useBackend("cpu"));

  it("is what the model's variables, the optimizer's and the cache's hold", () => {
    const model = bytesOf(() => new Transformer(config));
    const optimizer = bytesOf(() => new AdamW(model.made.weights, tinyTraining()));
    const cache = bytesOf(() => new KvCache(config));
    const training = trainingMemory(config, { gradAccum: 1 }, AdamW.stateShapes);
    expect(training).toMatchObject({ weights: model.bytes, gradients: model.bytes, optimizer: optimizer.bytes });
    expect(training.total).toBe(2 * model.bytes + optimizer.bytes);
    const inference = inferenceMemory(config);
    expect(inference).toEqual({ weights: model.bytes, cache: cache.bytes, total: model.bytes + cache.bytes });
    for (const { made } of [cache, optimizer, model]) made.dispose();
  });

  it("has sums of gradients where an update takes several batches", () => {
    const [once, thrice] = [1, 3].map((gradAccum) => trainingMemory(config, { gradAccum }, AdamW.stateShapes));
    expect(thrice!.gradients).toBe(2 * once!.gradients);
    expect(thrice!.total - once!.total).toBe(once!.gradients);
  });
});
