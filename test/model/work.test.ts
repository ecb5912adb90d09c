import { spawnSync } from "node:child_process";
import { platform } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { type ModelConfig, modelConfig } from "../../src/config/model.js";
import { packageRoot } from "../../src/core/packageRoot.js";
import { Decoder } from "../../src/generation/decoder.js";
import { parameterCounts, trainingFlopsPerToken } from "../../src/model/count.js";
import { executionOf } from "../../src/model/execution.js";
import { inferenceMemory, trainingMemory } from "../../src/model/memory.js";
import { Transformer } from "../../src/model/transformer.js";
import { forwardWork, trainingWork } from "../../src/model/work.js";
import { TrainingStep } from "../../src/training/step.js";
import { tsx } from "../scripts/heed.js";
import { present } from "../support/backends.js";
import { nativeWork } from "../support/nativeWork.js";
import { slow } from "../support/slow.js";
import { tinyBatch, tinyTraining } from "../support/tinyModel.js";

const shape = (model: Partial<ModelConfig>, batchSize: number): [ModelConfig, number] => [
  modelConfig({ vocabSize: 65, contextLength: 64, numHeads: 2, hiddenDim: 64, ...model }),
  batchSize,
];

/** Each is large where another is small. */
const shapes: [name: string, model: ModelConfig, batchSize: number][] = [
  ["wide", ...shape({ numLayers: 2, hiddenDim: 128 }, 4)],
  ["long", ...shape({ numLayers: 1, contextLength: 384 }, 2)],
  ["with many heads", ...shape({ numLayers: 2, numHeads: 16, contextLength: 128 }, 2)],
  ["with many words", ...shape({ numLayers: 1, vocabSize: 3000 }, 8)],
  ["with dropout", ...shape({ numLayers: 2, dropout: 0.1, contextLength: 256 }, 2)],
  ["with gelu", ...shape({ numLayers: 2, activation: "gelu", intermediateDim: 512 }, 4)],
  ["with relu", ...shape({ numLayers: 2, activation: "relu", intermediateDim: 512 }, 4)],
  ["with silu", ...shape({ numLayers: 2, activation: "silu", intermediateDim: 512 }, 4)],
];

interface Counted {
  done: number;
  counted: number;
}

describe.skipIf(!present.includes("native"))("a training step, op by op on native", () => {
  beforeAll(() => useBackend("native"));

  /** What the second step does: the first hands the weights to TensorFlow. */
  function stepWork(config: ModelConfig, batchSize: number) {
    const model = new Transformer(config);
    const step = new TrainingStep(model, tinyTraining({ batchSize }), { compiled: false });
    const batch = tinyBatch(0, batchSize, config);
    step.run([batch], 1, 0.01);
    const work = nativeWork(() => step.run([batch], 2, 0.01));
    step.dispose();
    model.dispose();
    return work;
  }

  it.each(shapes)("does the work that is counted, %s", (_, config, batchSize) => {
    const done = stepWork(config, batchSize);
    const execution = executionOf(config, batchSize, false);
    const work = trainingWork(config, { batchSize, gradAccum: 1 }, execution);
    expect(work.flops).toBe(done.flops);
    expect(work.randoms).toBe(done.randoms);
    const memory = trainingMemory(config, { batchSize, gradAccum: 1 }, execution);
    const held = (memory.total - memory.weights - memory.moments) / 4;
    expect(held / done.peak).toBeGreaterThan(0.95);
    expect(held / done.peak).toBeLessThan(1.05);
  });

  it.each([
    ["gelu_new", 0],
    ["gelu", 0],
    ["relu", 0],
    ["silu", 0],
    ["gelu_new", 0.1],
  ] as const)("reads and writes what is counted for each token, with %s and dropout %s", (activation, dropout) => {
    const narrow = { vocabSize: 3, contextLength: 16, numHeads: 1 }; // attention weights and logits weigh more than they are read
    const [config] = shape({ numLayers: 3, hiddenDim: 128, activation, dropout, ...narrow }, 4);
    const [less, more] = [4, 8].map((batchSize) => ({
      done: stepWork(config, batchSize).passed,
      counted: trainingWork(config, { batchSize, gradAccum: 1 }).bytes / 4,
    })) as [Counted, Counted]; // their difference is what tokens cause: weights cause as much in both
    expect((more.counted - less.counted) / (more.done - less.done)).toBeCloseTo(1, 1);
  });

  it("keeps a context's keys and values, and works a full prompt out, in the memory that is counted", () => {
    const [config] = shape({ numLayers: 3, contextLength: 128, hiddenDim: 128, numHeads: 8 }, 1);
    const model = new Transformer(config);
    const decoder = new Decoder(model, { compiled: false });
    const prompt = (id: number) => new Array<number>(config.contextLength).fill(id);
    decoder.start(prompt(1));
    const { peak } = nativeWork(() => decoder.start(prompt(2))); // another: of the same nothing is worked out again
    decoder.dispose();
    model.dispose();
    const { cache, prompt: counted, weights, total } = inferenceMemory(config);
    expect(counted / 4 / peak).toBeGreaterThan(0.9);
    expect(counted / 4 / peak).toBeLessThan(1.1);
    expect(cache / 4).toBe(3 * 2 * 128 * 128); // three layers, keys and values of 128 tokens, 128 wide
    expect(total).toBe(weights + cache + counted);
  });
});

describe("a compiled training step", () => {
  it("holds, in plain numbers", () => {
    const [config] = shape({ numLayers: 2, hiddenDim: 8, vocabSize: 5, contextLength: 4, activation: "silu" }, 3);
    const weights = 4 * parameterCounts(config).total;
    // 12 tokens: in each of 2 blocks 9 times 8 wide, 3 times 32 wide and 2 heads' 4 keys; 2 times 8 wide and 5 logits.
    const activations = 4 * 12 * (2 * (9 * 8 + 3 * 32 + 2 * 4) + 2 * 8 + 5);
    expect(trainingMemory(config, { batchSize: 3, gradAccum: 1 })).toEqual({
      ...{ weights, gradients: weights, moments: 2 * weights, activations },
      total: 4 * weights + activations,
    });
    const masks = 4 * 12 * (2 * (2 * 8 + 2 * 4) + 8);
    const dropping = trainingMemory({ ...config, dropout: 0.1 }, { batchSize: 3, gradAccum: 4 });
    expect(dropping.activations).toBe(activations + masks);
    expect(dropping.gradients).toBe(2 * weights);
    const inParts = trainingMemory(config, { batchSize: 3, gradAccum: 1 }, { graph: true, parts: 3, blocks: 1 });
    expect(inParts.gradients).toBe(3 * weights);
  });

  const measures = slow && platform() === "linux" && present.includes("native");
  it.runIf(measures)("takes the process as much memory as is counted, and about 100 MB more whatever the model", () => {
    const settings: [Partial<ModelConfig>, number][] = [
      [{ numLayers: 4, numHeads: 4, hiddenDim: 128 }, 12],
      [{ numLayers: 6, numHeads: 6, hiddenDim: 384, contextLength: 256 }, 4],
      [{ numLayers: 2, numHeads: 4, hiddenDim: 128, vocabSize: 8000 }, 12],
    ];
    for (const [given, batchSize] of settings) {
      const [model] = shape(given, batchSize);
      const env = {
        ...process.env,
        ...{ TF_ONEDNN_USE_SYSTEM_ALLOCATOR: "1", MALLOC_ARENA_MAX: "1" }, // so that memory goes back when it is free
        ...{ MALLOC_MMAP_THRESHOLD_: "16384", MALLOC_TRIM_THRESHOLD_: "16384", MALLOC_MMAP_MAX_: "1000000" },
      };
      const script = join(packageRoot, "test", "model", "trainingPeak.ts");
      const args = ["--expose-gc", "--import", tsx, script, JSON.stringify({ model, batchSize })];
      const { stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
      expect(stderr).toBe("");
      const { counted, grown } = JSON.parse(stdout) as { counted: number; grown: number };
      expect(grown - counted).toBeGreaterThan(40e6);
      expect(grown - counted).toBeLessThan(160e6);
    }
  });
});

describe("the work of a step", () => {
  const [config] = shape({ numLayers: 3 }, 2);
  const once = trainingWork(config, { batchSize: 2, gradAccum: 1 });

  it("is that of the FLOPs a token where all of attention is computed", () => {
    expect(once.flops).toBe(2 * 64 * trainingFlopsPerToken(config));
    expect(once.randoms).toBe(0);
  });

  it("is as often as large for as many batches, but for the update", () => {
    const four = trainingWork(config, { batchSize: 2, gradAccum: 4 });
    expect([four.ops, four.flops]).toEqual([4 * once.ops, 4 * once.flops]);
    const { total } = parameterCounts(config);
    expect(four.bytes).toBe(4 * (once.bytes - 4 * 13 * total) + 4 * (13 + 3 * 4 + 4) * total);
  });

  it("is three times that of a forward pass", () => {
    const { flops, ops, bytes, randoms } = forwardWork({ ...config, dropout: 0.5 }, { batchSize: 2 });
    expect([3 * flops, 3 * ops, 3 * bytes, randoms]).toEqual([once.flops, once.ops, once.bytes, 0]);
  });
});
