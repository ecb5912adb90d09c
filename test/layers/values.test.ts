import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { CausalSelfAttention } from "../../src/layers/causalSelfAttention.js";
import { Dropout } from "../../src/layers/dropout.js";
import { FeedForward } from "../../src/layers/feedForward.js";
import { LayerNorm } from "../../src/layers/layerNorm.js";
import { LearnedPositions } from "../../src/layers/learnedPositions.js";
import { OutputProjection } from "../../src/layers/outputProjection.js";
import { SinusoidalPositions } from "../../src/layers/sinusoidalPositions.js";
import { TokenEmbedding } from "../../src/layers/tokenEmbedding.js";
import { dropoutMask } from "../../src/ops/dropout.js";
import { onEveryBackend } from "../support/backends.js";
import { dot, expectClose, normals } from "../support/numbers.js";
import * as plain from "../support/plain.js";
import { refusal } from "../support/refusal.js";

const torch = JSON.parse(readFileSync(new URL("../fixtures/gpt2/attention.json", import.meta.url), "utf8"));
const [b, t, c] = [2, 3, 4];
const x = normals([b, t, c], "x");

/** `layer` built for `[B, T, width]`, its weights set in order. */
function built<L extends tf.layers.Layer>(
  layer: L,
  width: number,
  weights: (readonly [ArrayLike<number>, number[]])[],
): L {
  layer.build([null, null, width]);
  layer.setWeights(weights.map(([values, shape]) => tf.tensor(Array.from(values), shape)));
  return layer;
}

const call = (layer: tf.layers.Layer, input: tf.Tensor) => layer.call(input, {}) as tf.Tensor;
const transposed = (w: Float32Array, width: number) =>
  plain.rows(w, width)[0]!.map((_, i) => plain.rows(w, width).map((r) => r[i]!));

onEveryBackend("a layer's values", () => {
  const input = () => tf.tensor(x, [b, t, c]);

  it("CausalSelfAttention is torch's attention with projections, and has its gradients (fixtures/gpt2/make.py)", () => {
    const { B, T, C, H, gradients } = torch;
    const given = [
      [torch.qkvWeight, [C, 3 * C]],
      [torch.qkvBias, [3 * C]],
      [torch.outputWeight, [C, C]],
      [torch.outputBias, [C]],
    ] as const;
    const layer = built(
      new CausalSelfAttention({ numHeads: H }),
      C,
      given.map(([values, shape]) => [values, [...shape]]),
    );
    const entry = tf.tensor(torch.x, [B, T, C]);
    expectClose(call(layer, entry), torch.y, { ofLargest: 1e-6 });
    const seen = new Map<string, Float32Array>();
    layer.call(entry, {
      tap: (_, point, value) => {
        seen.set(point, value.dataSync() as Float32Array);
      },
    });
    for (const [what, name] of [
      ["query", "q"],
      ["key", "k"],
      ["value", "v"],
      ["weights", "attention"],
      ["headOutputs", "mixed"],
    ] as const) {
      expectClose(seen.get(what)!, torch[name]);
    }
    const loss = (from: tf.Tensor) =>
      call(layer, from)
        .mul(tf.tensor(torch.upstream, [B, T, C]))
        .sum() as tf.Scalar;
    expectClose(tf.grad(loss)(entry), gradients.x, { ofLargest: 2e-6 });
    const variables = layer.weights.map((w) => w.read() as tf.Variable);
    const { grads } = tf.variableGrads(() => loss(entry), variables);
    ["qkvWeight", "qkvBias", "outputWeight", "outputBias"].forEach((name, i) => {
      expectClose(grads[variables[i]!.name]!, gradients[name], { ofLargest: 2e-6 });
    });
  });

  it("FeedForward is activation(x · up + bias) · down + bias", () => {
    const [up, upBias, down, downBias] = [
      normals([c, 5], "up"),
      normals([5], "ub"),
      normals([5, c], "down"),
      normals([c], "db"),
    ];
    const weights = [
      [up, [c, 5]],
      [upBias, [5]],
      [down, [5, c]],
      [downBias, [c]],
    ] as const;
    const layer = built(
      new FeedForward({ intermediateDim: 5 }),
      c,
      weights.map(([values, shape]) => [values, [...shape]]),
    );
    const expected = plain.rows(x, c).flatMap((row) => {
      const inner = transposed(up, 5).map((column, i) => plain.activations.gelu_new(dot(row, column) + upBias[i]!));
      return transposed(down, c).map((column, i) => dot(inner, column) + downBias[i]!);
    });
    expectClose(call(layer, input()), expected);
  });

  it("LayerNorm is its formula, with the epsilon that it was given", () => {
    const [gain, bias] = [normals([c], "gain"), normals([c], "bias")];
    const layer = built(new LayerNorm({ epsilon: 0.5 }), c, [
      [gain, [c]],
      [bias, [c]],
    ]);
    expectClose(
      call(layer, input()),
      plain.rows(x, c).flatMap((row) => plain.layerNorm(row, [...gain], [...bias], 0.5)),
    );
  });

  it("LearnedPositions adds the row of each position", () => {
    const table = normals([5, c], "table");
    const layer = built(new LearnedPositions({ contextLength: 5 }), c, [[table, [5, c]]]);
    expectClose(
      call(layer, input()),
      x.map((value, i) => value + table[i % (t * c)]!),
    );
  });

  it("SinusoidalPositions adds sines and cosines of t, and of t / 100 for the second pair", () => {
    const wave = (p: number) => [Math.sin(p), Math.cos(p), Math.sin(p / 100), Math.cos(p / 100)];
    const table = [0, 1, 2].flatMap(wave);
    expectClose(
      call(new SinusoidalPositions(), input()),
      x.map((value, i) => value + table[i % (t * c)]!),
    );
  });

  it("TokenEmbedding gives rows for ids, and products with the rows for vectors, as OutputProjection does", () => {
    const table = normals([6, c], "table");
    const tokens = built(new TokenEmbedding({ vocabSize: 6, hiddenDim: c }), c, [[table, [6, c]]]);
    const ids = tf.tensor2d([5, 0, 5], [1, 3], "int32");
    expect(plain.rows(call(tokens, ids).dataSync(), c)).toEqual([5, 0, 5].map((id) => plain.rows(table, c)[id]));
    const scores = plain.rows(x, c).flatMap((row) => plain.rows(table, c).map((token) => dot(row, token)));
    expectClose(call(tokens, input()), scores);
    expectClose(call(built(new OutputProjection({ vocabSize: 6 }), c, [[table, [6, c]]]), input()), scores);
  });

  it("Dropout multiplies by 0 or 1 / (1 - rate) while training, each site by its own mask, and by 1 otherwise", () => {
    const ones = tf.ones([1, 20, 20]);
    const dropped = (site: number, step: number) =>
      new Dropout({ rate: 0.75, site }).call(ones, { dropoutSeed: tf.scalar(step, "int32") }).dataSync();
    expect(new Set(dropped(0, 1))).toEqual(new Set([0, 4]));
    expect(dropped(0, 1)).toEqual(dropped(0, 1));
    expect(dropped(0, 1)).not.toEqual(dropped(1, 1));
    expect(dropped(0, 1)).not.toEqual(dropped(0, 2));
    expect(new Dropout({ rate: 0.75 }).call(ones).dataSync()).toEqual(ones.dataSync());
  });

  it.each([
    [
      "CausalSelfAttention",
      new CausalSelfAttention({ numHeads: 1, dropout: 0.5, site: 2 }),
      3, // its weights are dropped at site 2
      [[c, 3 * c], [3 * c], [c, c], [c]],
    ],
    ["FeedForward", new FeedForward({ intermediateDim: 5, dropout: 0.5, site: 2 }), 2, [[c, 5], [5], [5, c], [c]]],
  ] as const)(
    "%s drops outputs while training, at a site of its own, and nothing otherwise",
    (_, layer, site, shapes) => {
      layer.build([null, null, c]);
      layer.setWeights(shapes.map((shape, i) => tf.tensor(normals(shape, `w${i}`), [...shape])));
      const step = tf.scalar(1, "int32");
      const isDropped = (values: ArrayLike<number>) => Array.from(values, (value) => value === 0);
      const mask = dropoutMask([b, t, c], 0.5, { step, site }).dataSync();
      expect(isDropped(layer.call(input(), { dropoutSeed: step }).dataSync())).toEqual(isDropped(mask));
      expect(isDropped(layer.call(input()).dataSync())).not.toContain(true);
    },
  );
});

describe("input that does not fit", () => {
  it("is refused by LearnedPositions where it is longer than the context", () => {
    const layer = new LearnedPositions({ contextLength: 2 });
    layer.build([null, null, 4]);
    expect(refusal(() => layer.call(tf.zeros([1, 3, 4])))).toBe(
      "DataError: input must fit the context of 2 tokens: got 3 (give the model its last 2)",
    );
  });

  it("is refused by CausalSelfAttention where its width can't be cut into heads", () => {
    expect(refusal(() => new CausalSelfAttention({ numHeads: 3 }).build([null, null, 4]))).toBe(
      "ConfigError: CausalSelfAttention input width must be divisible by numHeads: got 4 and 3",
    );
  });

  it("is refused as a seed that is no whole number", () => {
    const layer = new OutputProjection({ vocabSize: 3, seed: 0.5 });
    expect(refusal(() => layer.build([null, null, 4]))).toBe(
      "ConfigError: seed must be a whole number from 0 to 4294967295: got 0.5",
    );
  });
});
