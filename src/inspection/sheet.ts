import { requireInteger } from "../core/checks.js";
import { mean } from "../core/statistics.js";
import { dot, rowOf } from "../core/vectors.js";
import type { Point } from "../layers/points.js";
import type { Transformer } from "../model/transformer.js";
import { hidden } from "../ops/causalMask.js";
import type { Capture, PlaceFilter } from "./capture.js";
import { attentionPoints, placeName } from "./places.js";

/** What one head does for one token, from the token's vector to the residual stream, as plain numbers. */
export interface Sheet {
  layer: number;
  head: number;
  /** Which token of the text, from 0. */
  token: number;
  /** The token's own vector `[C]`, the same in every text. */
  embedding: number[];
  /** What its position adds `[C]`; undefined in a model without positions. */
  position?: number[];
  /** `embedding + position` `[C]` */
  sum: number[];
  /** What each layer before this one added `[C]`, in order. */
  earlier: { layer: string; vector: number[] }[];
  /** What this layer is given: `sum` and all of `earlier` `[C]`. */
  input: number[];
  norm: SheetNorm;
  /** `norm.output · weight + bias`: `weight` `[C][D]`, the head's columns of `qkv.weight`; `bias` and `vector` `[D]`. */
  query: { weight: number[][]; bias?: number[]; vector: number[] };
  /** `sqrt(D)` */
  divisor: number;
  /** Every token of the text, in order; those after `token` are masked. */
  keys: SheetKey[];
  /** The highest of the masked scores: taken off each before `exp`, which leaves the weights as they are. */
  highest: number;
  /** The sum of every key's `exp`. */
  expSum: number;
  /** The sum of every key's `weighted` `[D]`. */
  headOutput: number[];
  /** The outputs of all heads, one after the other `[C]`. */
  joined: number[];
  projection: SheetProjection;
  /** `input + projection.output` `[C]` */
  residual: number[];
}

/** `output = gain · (input - mean) / sqrt(meanSquare + epsilon) + bias`; RMS norm has no mean and no bias. */
export interface SheetNorm {
  kind: string;
  mean?: number;
  /** The mean of `(input - mean)²`: the variance; of RMS norm, the mean of `input²`. */
  meanSquare: number;
  epsilon: number;
  gain: number[];
  bias?: number[];
  output: number[];
}

/** What one token of the text offers, and what the token at hand takes of it. */
export interface SheetKey {
  /** Which token of the text, from 0. */
  index: number;
  /** `[D]` */
  key: number[];
  /** `query · key` */
  product: number;
  /** `product / divisor` */
  score: number;
  /** What the mask adds: 0, and -1e9 for later tokens. */
  mask: number;
  /** `score + mask` */
  masked: number;
  /** `exp(masked - highest)` */
  exp: number;
  /** `exp / expSum`: 0 for later tokens; together 1. */
  weight: number;
  /** `[D]` */
  value: number[];
  /** `weight · value` `[D]` */
  weighted: number[];
}

/** `output = Σ parts + bias`, which is `joined · output.weight + bias`. */
export interface SheetProjection {
  /** The head's rows of `output.weight` `[D][C]`. */
  weight: number[][];
  /** What each head writes `[H][C]`: its output times its rows. */
  parts: number[][];
  bias?: number[];
  output: number[];
}

/** The places that a sheet of `layer` is made from. */
export function sheetPlaces(layer: number): PlaceFilter {
  const attention = `blocks.${layer}.attention`;
  const wanted = new Set([
    "tokens.output",
    "positions.output",
    layer === 0 ? "dropout.output" : `blocks.${layer - 1}.feedForward.residual`,
    ...earlierLayers(layer).map((name) => `${name}.output`),
    `${attention}Norm.output`,
    ...attentionPoints.map((point) => `${attention}.${point}`),
  ]);
  return (place) => wanted.has(placeName(place));
}

/** The layers before attention `layer` that add to the residual stream. */
function earlierLayers(layer: number): string[] {
  return Array.from({ length: layer }, (_, i) => [`blocks.${i}.attention`, `blocks.${i}.feedForward`]).flat();
}

/**
 * The arithmetic of attention for one token and one head, step by step. What is a named point of the pass is taken from
 * the capture (of its first sequence, made without a cache), so that changes made on the way show; what lies between two
 * points is worked out from them.
 *
 * @throws ConfigError if the model has no such layer or head, or the text no such token
 * @throws DataError if the capture lacks a place of {@link sheetPlaces}
 */
export function arithmeticSheet(
  model: Transformer,
  capture: Capture,
  { layer, head, token }: Pick<Sheet, "layer" | "head" | "token">,
): Sheet {
  const { numLayers, numHeads, hiddenDim, positions } = model.config;
  const headDim = hiddenDim / numHeads;
  const attention = `blocks.${layer}.attention`;
  requireInteger("layer", layer, 0, numLayers - 1);
  requireInteger("head", head, 0, numHeads - 1);
  const length = capture.at("tokens").shape[1]!;
  requireInteger("token", token, 0, length - 1);

  const stream = (name: string, point?: Point) => row(capture.at(name, point).values, token, hiddenDim);
  const perHead = (point: Point, [of, index, width]: readonly [head: number, index: number, width: number]) =>
    row(capture.at(attention, point).values, of * length + index, width);
  const weight = (name: string) => model.weights.get(`${attention}.${name}`)?.dataSync() as Float32Array | undefined;

  const embedding = stream("tokens");
  const sum = positions === "none" ? embedding : stream("positions");
  const earlier = earlierLayers(layer).map((name) => ({ layer: name, vector: stream(name) }));
  const input = layer === 0 ? stream("dropout") : stream(`blocks.${layer - 1}.feedForward`, "residual");

  const query = perHead("query", [head, token, headDim]);
  const [scores, masked, weights] = (["scores", "maskedScores", "weights"] as const).map((point) =>
    perHead(point, [head, token, length]),
  ) as [number[], number[], number[]];
  const highest = Math.max(...masked);
  const keys = scores.map((score, index): SheetKey => {
    const key = perHead("key", [head, index, headDim]);
    const value = perHead("value", [head, index, headDim]);
    return {
      index,
      key,
      product: dot(query, key),
      score,
      mask: index > token ? hidden : 0,
      masked: masked[index]!,
      exp: Math.exp(masked[index]! - highest),
      weight: weights[index]!,
      value,
      weighted: value.map((x) => weights[index]! * x),
    };
  });

  const heads = Array.from({ length: numHeads }, (_, h) => perHead("headOutputs", [h, token, headDim]));
  const outputWeight = weight("output.weight")!;
  const headRows = (h: number) => heads[h]!.map((_, d) => row(outputWeight, h * headDim + d, hiddenDim));
  const qkvWeight = weight("qkv.weight")!;
  const first = head * headDim;
  const bias = weight("output.bias");
  return {
    layer,
    head,
    token,
    embedding,
    ...(positions !== "none" && { position: sum.map((x, c) => x - embedding[c]!) }),
    sum,
    earlier,
    input,
    norm: normOf(model, layer, { input, output: stream(`blocks.${layer}.attentionNorm`) }),
    query: {
      weight: embedding.map((_, c) => row(qkvWeight, c, 3 * hiddenDim).slice(first, first + headDim)),
      ...(weight("qkv.bias") && { bias: Array.from(weight("qkv.bias")!.subarray(first, first + headDim)) }),
      vector: query,
    },
    divisor: Math.sqrt(headDim),
    keys,
    highest,
    expSum: keys.reduce((total, { exp }) => total + exp, 0),
    headOutput: heads[head]!,
    joined: heads.flat(),
    projection: {
      weight: headRows(head),
      parts: heads.map((output, h) => timesMatrix(output, headRows(h))),
      ...(bias && { bias: Array.from(bias) }),
      output: stream(attention),
    },
    residual: stream(attention, "residual"),
  };
}

/** How the norm of attention `layer` got from what it was given to what it gave. */
function normOf(
  { weights, config, stack }: Transformer,
  layer: number,
  { input, output }: { input: number[]; output: number[] },
): SheetNorm {
  const norm = stack.blocks[layer]!.attentionNorm;
  const bias = weights.get(`${norm.name}.bias`)?.dataSync();
  const middle = norm.isCentered ? mean(input) : undefined;
  return {
    kind: config.norm,
    ...(middle !== undefined && { mean: middle }),
    meanSquare: mean(input.map((x) => (x - (middle ?? 0)) ** 2)),
    epsilon: config.normEpsilon,
    gain: Array.from(weights.get(`${norm.name}.gain`)!.dataSync()),
    ...(bias && { bias: Array.from(bias) }),
    output,
  };
}

/** Row `index` of numbers that are rows of `width`. */
function row(values: Float32Array, index: number, width: number): number[] {
  return Array.from(rowOf(values, index, width));
}

/** `vector · matrix` */
function timesMatrix(vector: readonly number[], matrix: readonly number[][]): number[] {
  return matrix[0]!.map((_, c) => vector.reduce((sum, x, d) => sum + x * matrix[d]![c]!, 0));
}
