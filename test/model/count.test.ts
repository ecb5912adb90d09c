import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { activationKinds, type ModelConfig, modelConfig, normKinds, positionKinds } from "../../src/config/model.js";
import { preset, presetNames } from "../../src/config/presets.js";
import { forwardFlopsPerToken, parameterCounts, trainingFlopsPerToken } from "../../src/model/count.js";
import { describeLayers } from "../../src/model/describe.js";
import { layersOf } from "../../src/model/stack.js";
import { Transformer } from "../../src/model/transformer.js";

beforeAll(() => useBackend("cpu"));

/** Small models of every kind. */
const configs = fc
  .record({
    vocabSize: fc.integer({ min: 2, max: 9 }),
    contextLength: fc.integer({ min: 1, max: 5 }),
    numLayers: fc.integer({ min: 1, max: 3 }),
    numHeads: fc.integer({ min: 1, max: 3 }),
    headDim: fc.integer({ min: 1, max: 3 }),
    intermediateDim: fc.integer({ min: 1, max: 7 }),
    positions: fc.constantFrom(...positionKinds),
    activation: fc.constantFrom(...activationKinds),
    norm: fc.constantFrom(...normKinds),
    bias: fc.boolean(),
    tie: fc.boolean(),
    dropout: fc.constantFrom(0, 0.1),
  })
  .map(({ headDim, ...given }) => modelConfig({ ...given, hiddenDim: headDim * given.numHeads }));

/** What `use` makes of a model that is really built. */
function built<T>(config: ModelConfig, use: (model: Transformer) => T): T {
  const model = new Transformer(config);
  try {
    return use(model);
  } finally {
    model.dispose();
  }
}

function expectCounts(config: ModelConfig): void {
  const sizes = built(config, ({ weights }) => new Map([...weights].map(([name, { size }]) => [name, size])));
  const total = [...sizes.values()].reduce((a, b) => a + b, 0);
  const embedding = sizes.get("tokens.weight")! + (sizes.get("positions.weight") ?? 0);
  expect(parameterCounts(config)).toEqual({ total, embedding, withoutEmbedding: total - embedding });
}

describe("parameterCounts", () => {
  it("is what a model that is built has", () => {
    fc.assert(fc.property(configs, expectCounts), { numRuns: 40 });
  });

  it.each(presetNames())("is what a model of preset %s has", (name) => {
    expectCounts(modelConfig({ ...preset(name).model, vocabSize: 65 }));
  });

  it("of GPT-2 is 124 million, as its authors' corrected table says", () => {
    const gpt2 = modelConfig({ vocabSize: 50_257, contextLength: 1024, numLayers: 12, numHeads: 12, hiddenDim: 768 });
    expect(parameterCounts(gpt2).total).toBe(124_439_808);
  });
});

describe("describeLayers", () => {
  it("names the layers of a model that is built, its weights, and the shapes of its values", () => {
    fc.assert(
      fc.property(configs, fc.integer({ min: 1, max: 2 }), (config, batchSize) => {
        const described = describeLayers(config, batchSize);
        built(config, (model) => {
          const ids = tf.zeros<tf.Rank.R2>([batchSize, config.contextLength], "int32");
          const outputs: [string, number[]][] = [];
          model.logits(ids, {
            tap: (name, point, { shape }) => {
              if (point === "output" || point === "logits") outputs.push([name, shape]);
            },
          });
          const seen = outputs.filter(([name]) => config.dropout > 0 || name !== "dropout");
          expect(described.map(({ name, output }) => [name, output])).toEqual(seen);
          const weights = described.flatMap(({ name, weights }) => weights.map((w) => [`${name}.${w.name}`, w.shape]));
          expect(weights).toEqual([...model.weights].map(([name, { shape }]) => [name, shape]));
          expect(layersOf(model.stack).length - (config.dropout > 0 ? 0 : 1) + (config.tie ? 1 : 0)).toBe(
            described.length,
          );
        });
        const total = described.reduce((sum, { parameters }) => sum + parameters, 0);
        expect(total).toBe(parameterCounts(config).total);
      }),
      { numRuns: 30 },
    );
  });
});

/** Floating-point operations of the matrix products that `work` makes the backend do. */
async function flopsOf(work: () => void): Promise<number> {
  const { kernels } = await tf.profile(() => {
    work();
    return tf.scalar(0);
  });
  return kernels
    .filter(({ name }) => /MatMul/.test(name))
    .reduce((sum, { inputShapes, outputShapes }) => {
      const output = outputShapes[0]!;
      const [rows, columns] = output.slice(-2) as [number, number];
      const batch = tf.util.sizeFromShape(output) / rows / columns;
      const inner = tf.util.sizeFromShape(inputShapes[0]!) / batch / rows;
      return sum + 2 * batch * rows * inner * columns;
    }, 0);
}

describe("FLOPs per token", () => {
  it("are those of the matrix products that a forward and a backward pass execute", async () => {
    const property = fc.asyncProperty(configs, fc.integer({ min: 1, max: 2 }), async (config, batchSize) => {
      const tokens = batchSize * config.contextLength;
      const model = new Transformer(config);
      const ids = tf.zeros<tf.Rank.R2>([batchSize, config.contextLength], "int32");
      const loss = () => model.losses(ids, ids).mean() as tf.Scalar;
      expect(await flopsOf(() => tf.tidy(loss))).toBe(tokens * forwardFlopsPerToken(config));
      const training = await flopsOf(() => tf.tidy(() => tf.variableGrads(loss, [...model.weights.values()]).value));
      expect(training).toBe(tokens * trainingFlopsPerToken(config));
      model.dispose();
    });
    await fc.assert(property, { numRuns: 25 });
  });
});
