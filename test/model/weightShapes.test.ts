import { expect, it } from "vitest";
import { modelConfig, positionKinds } from "../../src/config/model.js";
import { weightShapes } from "../../src/model/weightShapes.js";
import { sinusoids } from "../../src/ops/sinusoids.js";

const count = (shapes: Map<string, number[]>) =>
  [...shapes.values()].reduce((sum, s) => sum + s.reduce((a, b) => a * b, 1), 0);

it("GPT-2 small has the 124,439,808 weights that its authors' release has", () => {
  const gpt2 = modelConfig({ vocabSize: 50_257, contextLength: 1024, numLayers: 12, numHeads: 12, hiddenDim: 768 });
  expect(count(weightShapes(gpt2))).toBe(124_439_808);
});

it.each(positionKinds)(
  "counts V·C + T·C + L(12C² + 13C) + 2C weights, each part where the config has it: %s",
  (positions) => {
    const [V, T, L, C] = [11, 9, 3, 8];
    const shape = { vocabSize: V, contextLength: T, numLayers: L, numHeads: 2, hiddenDim: C, positions };
    const table = positions === "learned" ? T * C : 0;
    expect(count(weightShapes(modelConfig(shape)))).toBe(V * C + table + L * (12 * C * C + 13 * C) + 2 * C);
    const plain = weightShapes(modelConfig({ ...shape, bias: false, tie: false }));
    expect(count(plain)).toBe(2 * V * C + table + L * (12 * C * C + 2 * C) + C);
    expect([...plain.keys()].some((name) => name.endsWith("bias"))).toBe(false);
  },
);

it("has sines and cosines of t / 10000^(2i/C), also for an odd width", () => {
  expect([...sinusoids(2, 3)]).toEqual(
    [0, 1, 0, Math.sin(1), Math.cos(1), Math.sin(10_000 ** (-2 / 3))].map(Math.fround),
  );
});
