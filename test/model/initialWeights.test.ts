import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { Random } from "../../src/core/random.js";
import { Transformer } from "../../src/model/transformer.js";
import { present } from "../support/backends.js";
import { tinyConfig } from "../support/tinyModel.js";

function initial(config: ConstructorParameters<typeof Transformer>[0], seed?: number) {
  const model = new Transformer(config, { seed });
  const weights = model.read();
  model.dispose();
  return weights;
}

const stddev = (values: Float32Array) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);

it.each(present)("are the same for the same seed on %s as on cpu, bit for bit", async (backend) => {
  await useBackend("cpu");
  const expected = initial({ ...tinyConfig, tie: false }, 42);
  await useBackend(backend);
  expect(initial({ ...tinyConfig, tie: false }, 42)).toEqual(expected);
});

describe("initial weights", () => {
  beforeAll(async () => {
    await useBackend("cpu");
  });

  it("are drawn by Random from the seed and the weight's name alone, residual projections scaled by 1 / sqrt(2L)", () => {
    for (const [name, { data }] of initial({ ...tinyConfig, tie: false }, 7)) {
      if (!name.endsWith(".weight")) continue;
      const random = new Random(7, name);
      const scale = /attention\.output|down/.test(name) ? 1 / Math.sqrt(2 * tinyConfig.numLayers) : 1;
      expect(data, name).toEqual(Float32Array.from(data, () => 0.02 * scale * random.nextNormal()));
    }
  });

  it("differ for every matrix with another seed, and from matrix to matrix", () => {
    const [a, b] = [initial(tinyConfig, 1), initial(tinyConfig, 2)];
    for (const [name, { data }] of a) {
      if (name.endsWith(".weight")) expect(data, name).not.toEqual(b.get(name)!.data);
    }
    const [first, second] = [0, 1].map((i) => a.get(`blocks.${i}.feedForward.up.weight`)!.data);
    expect(first).not.toEqual(second);
  });

  it("spread 0.02, residual projections 0.02 / sqrt(2L); gains are 1 and biases 0", () => {
    const weights = initial({ vocabSize: 50, hiddenDim: 64, numLayers: 8, contextLength: 64, tie: false });
    for (const [name, { data }] of weights) {
      if (name.endsWith(".gain")) expect(new Set(data)).toEqual(new Set([1]));
      else if (name.endsWith(".bias")) expect(new Set(data)).toEqual(new Set([0]));
      else {
        const expected = /attention\.output|down/.test(name) ? 0.02 / 4 : 0.02;
        // Four standard deviations of the spread of so many numbers.
        expect(Math.abs(stddev(data) / expected - 1), name).toBeLessThan(4 / Math.sqrt(2 * data.length));
      }
    }
  });
});
