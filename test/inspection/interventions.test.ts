import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { compile } from "../../src/compile/compile.js";
import type { ModelConfig } from "../../src/config/model.js";
import { type Capture, capture, type Intervention } from "../../src/inspection/capture.js";
import {
  ablateHead,
  ablatePart,
  ablatePosition,
  meanOf,
  patch,
  replaceAttentionRow,
  type Selection,
} from "../../src/inspection/interventions.js";
import { type Place, placeName, placesOf } from "../../src/inspection/places.js";
import type { Transformer } from "../../src/model/transformer.js";
import { onEveryBackend } from "../support/backends.js";
import { dot, expectClose, normals, tensorsLeft } from "../support/numbers.js";
import { rows } from "../support/plain.js";
import { refusal } from "../support/refusal.js";
import { tinyConfig, tinyModel, tinyRows } from "../support/tinyModel.js";

const { contextLength: T, numHeads: H, numLayers: L } = tinyConfig;
const [B, C] = [3, 6]; // B, H and D differ, so that none stands in for another
const D = C / H;
const ids = tinyRows(B);
const others = ids.map((row) => row.toReversed());
const parts = ["attention", "feedForward"] as const;

const logitsOf = (run: Capture) => run.at("output", "logits").values;

function wideModel(changes: Partial<ModelConfig> = {}): Transformer {
  return tinyModel({ hiddenDim: C, ...changes });
}

/** The logits of a tiny model with interventions, and those of one whose weights were edited. */
function twins(
  interventions: Intervention[],
  edit: (weight: (name: string) => Float32Array) => void,
  { texts = ids, ...changes }: Partial<ModelConfig> & { texts?: number[][] } = {},
): { intervened: Float32Array; edited: Float32Array } {
  const model = wideModel(changes);
  const intervened = logitsOf(capture(model, texts, { interventions }));
  const weights = new Map([...model.read()].map(([name, w]) => [name, { ...w, data: w.data.slice() }]));
  edit((name) => weights.get(name)!.data);
  model.load(weights);
  const edited = logitsOf(capture(model, texts));
  model.dispose();
  return { intervened, edited };
}

/** A vector through rows `from` and after of a matrix `[.., C]`. */
function through(vector: ArrayLike<number>, matrix: Float32Array, from: number): number[] {
  const used = rows(matrix, C).slice(from, from + vector.length);
  return Array.from({ length: C }, (_, c) =>
    dot(
      vector,
      used.map((row) => row[c]!),
    ),
  );
}

onEveryBackend("an intervention", () => {
  const heads = Array.from({ length: L * H }, (_, i) => [Math.floor(i / H), i % H] as const);

  it.each(heads)("that silences head %i.%i is a model without its rows of the output projection", (layer, head) => {
    const output = `blocks.${layer}.attention.output`;
    const zero = twins([ablateHead(layer, head)], (weight) => {
      weight(`${output}.weight`).fill(0, head * D * C, (head + 1) * D * C);
    });
    expectClose(zero.intervened, zero.edited);
    const mean = normals([D], "mean");
    const even = twins([ablateHead(layer, head, mean)], (weight) => {
      const always = through(mean, weight(`${output}.weight`), head * D);
      weight(`${output}.weight`).fill(0, head * D * C, (head + 1) * D * C);
      weight(`${output}.bias`).forEach((x, c, bias) => {
        bias[c] = x + always[c]!;
      });
    });
    expectClose(even.intervened, even.edited);
  });

  it.each([
    [0, "attention", "output"],
    [1, "attention", "output"],
    [0, "feedForward", "down"],
    [1, "feedForward", "down"],
  ] as const)("that silences layer %i's %s is a model whose last product there is 0", (layer, part, projection) => {
    const name = `blocks.${layer}.${part}.${projection}`;
    const mean = normals([C], "mean");
    for (const [by, bias] of [
      ["zero", new Float32Array(C)],
      [mean, mean],
    ] as const) {
      const { intervened, edited } = twins([ablatePart(layer, part, by)], (weight) => {
        weight(`${name}.weight`).fill(0);
        weight(`${name}.bias`).set(bias);
      });
      expectClose(intervened, edited);
    }
  });

  it("that silences a position is a model whose embedding of the token there is less its position", () => {
    const texts = [[0, 1, 2, 3, 4]];
    const mean = normals([C], "mean");
    for (const [by, vector] of [
      [undefined, new Float32Array(C)],
      [mean, mean],
    ] as const) {
      const edit = (weight: (name: string) => Float32Array) => {
        const position = weight("positions.weight").slice(2 * C, 3 * C);
        weight("tokens.weight").set(
          vector.map((x, c) => x - position[c]!),
          2 * C,
        );
      };
      const { intervened, edited } = twins([ablatePosition(2, { by })], edit, { texts, tie: false });
      expectClose(intervened, edited);
    }
  });

  it("that patches a place from the same run changes nothing", () => {
    const model = wideModel();
    const run = capture(model, ids);
    for (const place of placesOf(model.config)) {
      const patched = capture(model, ids, {
        interventions: [patch(place, run)],
        at: ({ point }) => point === "logits",
      });
      expect(logitsOf(patched), placeName(place)).toEqual(logitsOf(run));
    }
    model.dispose();
  });

  it("that patches the residual stream of all tokens gives what the other run answers", () => {
    const model = wideModel();
    const from = capture(model, others);
    for (const layer of [
      "dropout",
      ...Array.from({ length: L }, (_, i) => parts.map((p) => `blocks.${i}.${p}`)).flat(),
    ]) {
      const place: Place = { layer, point: layer === "dropout" ? "output" : "residual" };
      expectClose(logitsOf(capture(model, ids, { interventions: [patch(place, from)] })), logitsOf(from));
    }
    model.dispose();
  });

  it("that patches some tokens and heads leaves the others, and what comes before", () => {
    const model = wideModel();
    const [own, from] = [capture(model, ids), capture(model, others)];
    const selections: [Place, Selection][] = [
      [
        { layer: "blocks.1.attention", point: "value" },
        { positions: [1, 3], heads: [1] },
      ],
      [{ layer: "blocks.0.attention", point: "headOutputs" }, { heads: [0] }],
      [{ layer: "blocks.0.feedForward", point: "activation" }, { positions: [4] }],
    ];
    for (const [place, { positions, heads }] of selections) {
      const patched = capture(model, ids, { interventions: [patch(place, from, { positions, heads })] });
      const { shape, values } = own.at(place.layer, place.point);
      const [width, other] = [shape.at(-1)!, rows(from.at(place.layer, place.point).values, shape.at(-1)!)];
      const expected = rows(values, width).map((row, r) => {
        const [t, h] = [r % T, Math.floor(r / T) % H];
        const isSelected = (positions?.includes(t) ?? true) && (heads?.includes(h) ?? true);
        return isSelected ? other[r]! : row;
      });
      expect([...patched.at(place.layer, place.point).values], placeName(place)).toEqual(expected.flat());
      if (positions?.[0] !== 4) continue;
      const before = (run: Capture) => rows(logitsOf(run), tinyConfig.vocabSize).filter((_, r) => r % T < 4);
      expectClose(before(patched).flat(), before(own).flat());
    }
    model.dispose();
  });

  it("that replaces an attention row has the head give that mix of the values", () => {
    const model = wideModel();
    const weights = [0.1, 0, 0.6, 0.3, 0];
    const own = capture(model, ids);
    const changed = capture(model, ids, { interventions: [replaceAttentionRow(1, 0, 3, weights)] });
    const outputs = (run: Capture) => rows(run.at("blocks.1.attention", "headOutputs").values, D);
    const values = rows(own.at("blocks.1.attention", "value").values, D);
    const expected = outputs(own).map((output, r) => {
      const first = r - (r % T);
      if (r % T !== 3 || (first / T) % H !== 0) return output;
      return output.map((_, d) =>
        dot(
          weights,
          values.slice(first, first + T).map((v) => v[d]!),
        ),
      );
    });
    expectClose(outputs(changed).flat(), expected.flat());
    model.dispose();
  });

  it("is the same in a compiled pass", () => {
    const model = wideModel();
    const interventions = [
      ablateHead(0, 1, normals([D], "mean")),
      replaceAttentionRow(0, 0, 4, [1, 0, 0, 0, 0]),
      ablatePosition(1, { at: { layer: "blocks.0.feedForward", point: "residual" } }),
      patch({ layer: "blocks.1.attention", point: "value" }, capture(model, others), { heads: [1] }),
    ];
    const compiled = compile((inputs: { texts: tf.Tensor2D }) => ({
      logits: intervenedPass(model, inputs.texts, interventions),
    }));
    const texts = tf.tensor2d(ids, undefined, "int32");
    const expected = logitsOf(capture(model, ids, { interventions }));
    expect(expected).not.toEqual(logitsOf(capture(model, ids)));
    for (let i = 0; i < 2; i++) expectClose(compiled({ texts }).logits, expected);
    compiled.dispose();
    model.dispose();
  });

  it("leaves no tensor behind", () => {
    const model = wideModel();
    const from = capture(model, others);
    const made = tensorsLeft(() => {
      const by = meanOf({ layer: "blocks.1.attention", point: "output" }, [from]);
      const interventions = [
        patch({ layer: "tokens", point: "output" }, from, { positions: [0] }),
        ablatePart(1, "attention", by),
      ];
      capture(model, ids, { interventions });
    });
    expect(made).toBe(0);
    model.dispose();
  });

  it("may put the mean of some runs, over sequences and tokens, of one head or of all", () => {
    const model = wideModel();
    const runs = [capture(model, ids), capture(model, [[1, 2]])];
    const place: Place = { layer: "blocks.0.attention", point: "headOutputs" };
    const vectors = runs.flatMap((run) => {
      const { shape, values } = run.at(place.layer, place.point);
      return rows(values, D).map((vector, r) => ({ vector, head: Math.floor(r / shape[2]!) % H }));
    });
    const mean = (all: { vector: number[] }[]) =>
      Array.from({ length: D }, (_, d) => all.reduce((sum, { vector }) => sum + vector[d]!, 0) / all.length);
    expectClose(meanOf(place, runs), mean(vectors));
    expectClose(meanOf(place, runs, { head: 1 }), mean(vectors.filter(({ head }) => head === 1)));
    const stream = runs.flatMap((run) => rows(run.at("tokens").values, C).map((vector) => ({ vector })));
    const expected = Array.from(
      { length: C },
      (_, c) => stream.reduce((sum, { vector }) => sum + vector[c]!, 0) / (B * T + 2),
    );
    expectClose(meanOf({ layer: "tokens", point: "output" }, runs), expected);
    model.dispose();
  });
});

/** A pass with interventions, as tensors. */
function intervenedPass(model: Transformer, texts: tf.Tensor2D, interventions: Intervention[]): tf.Tensor {
  const tap = (layer: string, point: string, value: tf.Tensor) =>
    interventions.filter((one) => one.layer === layer && one.point === point).reduce((x, one) => one.change(x), value);
  return model.logits(texts, { tap });
}

it("what does not fit is refused", () => {
  const model = wideModel();
  const run = capture(model, [[1, 2]]);
  const made = (...interventions: Intervention[]) => refusal(() => capture(model, ids, { interventions }));
  const weights: Place = { layer: "blocks.0.attention", point: "weights" };
  expect(made(ablateHead(0, 2))).toBe(
    "ConfigError: head at blocks.0.attention.headOutputs must be a whole number from 0 to 1: got 2",
  );
  expect(made(ablatePosition(5))).toBe(
    "ConfigError: position at dropout.output must be a whole number from 0 to 4: got 5",
  );
  expect(made(ablatePart(1, "feedForward", [1, 2]))).toBe(
    "DataError: what is put at blocks.1.feedForward.output must be 6 numbers: got 2",
  );
  expect(made(replaceAttentionRow(0, 0, 0, [1]))).toBe(
    "DataError: what is put at blocks.0.attention.weights must be 5 numbers: got 1",
  );
  expect(made(patch(weights, run))).toBe(
    "DataError: the patch of blocks.0.attention.weights must have the shape of the run, [3,2,5,5]: got [1,2,2,2] (run texts of the same number of tokens)",
  );
  const tokens: Place = { layer: "tokens", point: "output" };
  expect(made(patch(tokens, capture(model, others), { heads: [0] }))).toBe(
    "DataError: heads must be of a point that has heads: got tokens.output",
  );
  expect(refusal(() => meanOf(tokens, [run], { head: 0 }))).toBe(
    "DataError: heads must be of a point that has heads: got tokens.output",
  );
  expect(refusal(() => meanOf(tokens, []))).toBe("DataError: captures must be at least one: got none");
  model.dispose();
});
