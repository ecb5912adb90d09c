import { describe, expect, it } from "vitest";
import type { ModelConfig } from "../../src/config/model.js";
import { type Capture, capture } from "../../src/inspection/capture.js";
import { arithmeticSheet, type Sheet, sheetPlaces } from "../../src/inspection/sheet.js";
import type { Transformer } from "../../src/model/transformer.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose, tensorsLeft } from "../support/numbers.js";
import { refusal } from "../support/refusal.js";
import { tinyModel } from "../support/tinyModel.js";

const ids = [3, 1, 4, 1, 5];
const [layer, head, token] = [1, 1, 3];
const [T, C, D] = [5, 4, 2];

function sheetOf(model: Transformer, which = { layer, head, token }): { sheet: Sheet; captured: Capture } {
  const captured = capture(model, [ids]);
  return { sheet: arithmeticSheet(model, captured, which), captured };
}

const models: [name: string, changes: Partial<ModelConfig>][] = [
  ["learned positions, layer norm, biases, tied", {}],
  ["sinusoids, untied", { positions: "sinusoidal", tie: false }],
  ["no positions, RMS norm, no biases", { positions: "none", norm: "rmsnorm", bias: false, tie: false }],
];

/** Every number of a sheet again, from the numbers before it, in loops. */
function recompute(sheet: Sheet): void {
  const { embedding, position, norm, query, keys, projection } = sheet;
  const plus = (a: number[], b: number[] | undefined) => a.map((x, i) => x + (b ? b[i]! : 0));
  const close = (got: number[], expected: number[]) => expectClose(got, expected, { absolute: 1e-5 });

  close(sheet.sum, plus(embedding, position));
  let stream = sheet.sum;
  for (const { vector } of sheet.earlier) stream = plus(stream, vector);
  close(sheet.input, stream);

  let mean = 0;
  if (norm.kind === "layernorm") for (const x of sheet.input) mean += x / C;
  let meanSquare = 0;
  for (const x of sheet.input) meanSquare += (x - mean) ** 2 / C;
  if (norm.kind === "layernorm") expect(norm.mean).toBeCloseTo(mean, 6);
  else expect(norm).not.toHaveProperty("mean");
  expect(norm.meanSquare).toBeCloseTo(meanSquare, 6);
  const scaled = sheet.input.map((x, c) => (norm.gain[c]! * (x - mean)) / Math.sqrt(meanSquare + norm.epsilon));
  close(norm.output, plus(scaled, norm.bias));

  const asked = Array.from({ length: D }, (_, d) => {
    let sum = query.bias ? query.bias[d]! : 0;
    for (let c = 0; c < C; c++) sum += norm.output[c]! * query.weight[c]![d]!;
    return sum;
  });
  close(query.vector, asked);

  expect(sheet.divisor).toBe(Math.sqrt(D));
  expect(keys.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
  let expSum = 0;
  for (const each of keys) {
    let product = 0;
    for (let d = 0; d < D; d++) product += query.vector[d]! * each.key[d]!;
    expect(each.product).toBeCloseTo(product, 5);
    expect(each.score).toBeCloseTo(each.product / Math.sqrt(D), 5);
    expect(each.mask).toBe(each.index > sheet.token ? -1e9 : 0);
    expectClose([each.masked], [each.score + each.mask], { relative: 1e-6 });
    expect(each.exp).toBeCloseTo(Math.exp(each.masked - sheet.highest), 6);
    expSum += each.exp;
  }
  expect(sheet.highest).toBe(Math.max(...keys.map(({ masked }) => masked)));
  expect(sheet.expSum).toBeCloseTo(expSum, 6);
  let mixed = [0, 0];
  for (const each of keys) {
    expect(each.weight).toBeCloseTo(each.exp / expSum, 6);
    close(
      each.weighted,
      each.value.map((x) => x * each.weight),
    );
    mixed = plus(mixed, each.weighted);
  }
  close(sheet.headOutput, mixed);
  expect(sheet.joined.slice(sheet.head * D, (sheet.head + 1) * D)).toEqual(sheet.headOutput);

  const written = projection.weight[0]!.map((_, c) => {
    let sum = 0;
    for (let d = 0; d < D; d++) sum += sheet.headOutput[d]! * projection.weight[d]![c]!;
    return sum;
  });
  close(projection.parts[sheet.head]!, written);
  let output = projection.bias ?? [0, 0, 0, 0];
  for (const part of projection.parts) output = plus(output, part);
  close(projection.output, output);
  close(sheet.residual, plus(sheet.input, projection.output));
}

/** What a capture holds for the token, or for one head of it. */
function expectCaptured(sheet: Sheet, captured: Capture): void {
  const at = (name: string, point: Parameters<Capture["at"]>[1] = "output") => {
    const { values } = captured.at(name, point);
    return Array.from(values.slice(token * C, (token + 1) * C));
  };
  expect(sheet.embedding).toEqual(at("tokens"));
  expect(sheet.input).toEqual(at("blocks.0.feedForward", "residual"));
  expect(sheet.norm.output).toEqual(at("blocks.1.attentionNorm"));
  expect(sheet.projection.output).toEqual(at("blocks.1.attention"));
  expect(sheet.residual).toEqual(at("blocks.1.attention", "residual"));
  const inHead = (point: Parameters<Capture["at"]>[1], index: number, width: number) =>
    Array.from(captured.at("blocks.1.attention", point).values).slice(
      (head * T + index) * width,
      (head * T + index + 1) * width,
    );
  expect(sheet.query.vector).toEqual(inHead("query", token, D));
  expect(sheet.keys.map(({ key }) => key)).toEqual(ids.map((_, i) => inHead("key", i, D)));
  expect(sheet.keys.map(({ value }) => value)).toEqual(ids.map((_, i) => inHead("value", i, D)));
  expect(sheet.keys.map(({ weight }) => weight)).toEqual(inHead("weights", token, T));
  expect(sheet.headOutput).toEqual(inHead("headOutputs", token, D));
}

onEveryBackend("a sheet", () => {
  it.each(models)("adds up from its own numbers, and has the capture's: %s", (_, changes) => {
    const model = tinyModel(changes);
    const { sheet, captured } = sheetOf(model);
    recompute(sheet);
    expectCaptured(sheet, captured);
    recompute(sheetOf(model, { layer: 0, head: 0, token: 0 }).sheet);
    model.dispose();
  });
});

describe("of a sheet", () => {
  it("the weights are the model's, the position its row of the table", () => {
    const model = tinyModel();
    const { sheet } = sheetOf(model);
    const weights = new Map([...model.read()].map(([name, { data }]) => [name, Array.from(data)]));
    expectClose(sheet.position!, weights.get("positions.weight")!.slice(token * C, (token + 1) * C));
    expect(sheet.embedding).toEqual(weights.get("tokens.weight")!.slice(ids[token]! * C, (ids[token]! + 1) * C));
    const qkv = weights.get("blocks.1.attention.qkv.weight")!;
    expect(sheet.query.weight).toEqual(
      [0, 1, 2, 3].map((c) => [qkv[c * 3 * C + head * D], qkv[c * 3 * C + head * D + 1]]),
    );
    expect(sheet.query.bias).toEqual(weights.get("blocks.1.attention.qkv.bias")!.slice(head * D, (head + 1) * D));
    const output = weights.get("blocks.1.attention.output.weight")!;
    expect(sheet.projection.weight.flat()).toEqual(output.slice(head * D * C, (head + 1) * D * C));
    expect(sheet.earlier.map(({ layer }) => layer)).toEqual(["blocks.0.attention", "blocks.0.feedForward"]);
    model.dispose();
  });

  it("a model without positions or biases has none", () => {
    const model = tinyModel({ positions: "none", bias: false });
    const { sheet } = sheetOf(model);
    expect(sheet).not.toHaveProperty("position");
    expect(sheet.sum).toEqual(sheet.embedding);
    for (const part of [sheet.norm, sheet.query, sheet.projection]) expect(part).not.toHaveProperty("bias");
    model.dispose();
  });

  it("JSON keeps every number, and the places that it names are enough", () => {
    const model = tinyModel();
    const { sheet } = sheetOf(model);
    expect(JSON.parse(JSON.stringify(sheet))).toEqual(sheet);
    const few = capture(model, [ids], { at: sheetPlaces(layer) });
    expect(arithmeticSheet(model, few, { layer, head, token })).toEqual(sheet);
    for (const place of few.places) {
      const others = capture(model, [ids], {
        at: (one) => sheetPlaces(layer)(one) && `${one.layer}.${one.point}` !== place,
      });
      const make = () => arithmeticSheet(model, others, { layer, head, token });
      expect(make, place).toThrow("captured");
    }
    model.dispose();
  });

  it("no tensor is left behind", () => {
    const model = tinyModel();
    expect(tensorsLeft(() => sheetOf(model))).toBe(0);
    model.dispose();
  });

  it("a layer, head or token that is not there is refused", () => {
    const model = tinyModel();
    const make = (which: object) => () => sheetOf(model, { layer, head, token, ...which });
    expect(refusal(make({ layer: 2 }))).toBe("ConfigError: layer must be a whole number from 0 to 1: got 2");
    expect(refusal(make({ head: -1 }))).toBe("ConfigError: head must be a whole number from 0 to 1: got -1");
    expect(refusal(make({ token: 5 }))).toBe("ConfigError: token must be a whole number from 0 to 4: got 5");
    model.dispose();
  });
});
