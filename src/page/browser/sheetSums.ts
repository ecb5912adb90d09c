import { rowOf } from "../../core/vectors.js";
import type { Sheet } from "../../inspection/sheet.js";
import type { EngineModel, Look } from "./engine.js";

/** A step of the sheet, in order. */
export const sheetSteps = [
  "vector",
  "norm",
  "query",
  "products",
  "division",
  "mask",
  "softmax",
  "sum",
  "joined",
  "projection",
  "residual",
] as const;
export type SheetStep = (typeof sheetSteps)[number];

/** One summand of a number. */
export interface TraceTerm {
  name: string;
  /** What is multiplied: `value` is their product. */
  factors?: [number, number];
  value: number;
  /** Where the first factor, or the summand, is made: a step, and which component there. */
  from?: { step: SheetStep; component: number };
}

/** Where a number comes from: the sum of its terms. */
export interface Trace {
  result: number;
  terms: TraceTerm[];
}

/** Component `c` of what the layer is given: embedding, position, and what each layer before added. */
export function inputTrace({ embedding, position, earlier, input }: Sheet, c: number): Trace {
  const added = earlier.map(({ layer, vector }): TraceTerm => ({ name: partName(layer), value: vector[c]! }));
  const terms: TraceTerm[] = [{ name: "embedding", value: embedding[c]! }];
  if (position) terms.push({ name: "position", value: position[c]! });
  return { result: input[c]!, terms: [...terms, ...added] };
}

/** `blocks.0.feedForward` in words. */
export function partName(layer: string): string {
  const [, block, part] = layer.split(".");
  return `${part === "attention" ? "attention" : "feed-forward"} of layer ${block}`;
}

export type Projected = "query" | "key" | "value";

/** Component `d` of a token's query, key or value: the token's normed vector times a column of the matrix, and a bias. */
export function projectedTrace(
  { capture }: Look,
  { model, config }: EngineModel,
  {
    layer,
    head,
    token,
    what,
    component: d,
  }: Pick<Sheet, "layer" | "head" | "token"> & { what: Projected; component: number },
): Trace {
  const { hiddenDim, numHeads } = config;
  const headDim = hiddenDim / numHeads;
  const attention = `blocks.${layer}.attention`;
  const weight = model.weights.get(`${attention}.qkv.weight`)!.dataSync();
  const bias = model.weights.get(`${attention}.qkv.bias`)?.dataSync();
  const column = ["query", "key", "value"].indexOf(what) * hiddenDim + head * headDim + d;
  const normed = rowOf(capture.at(`${attention}Norm`).values, token, hiddenDim);
  const made = capture.at(attention, what).values;
  const length = made.length / hiddenDim;
  const terms = Array.from(normed, (x, c): TraceTerm => {
    const factor = weight[c * 3 * hiddenDim + column]!;
    return { name: `component ${c}`, factors: [x, factor], value: x * factor, from: { step: "norm", component: c } };
  });
  if (bias) terms.push({ name: "bias", value: bias[column]! });
  return { result: made[(head * length + token) * headDim + d]!, terms };
}

/** Query · key, for one key. */
export function productTrace({ query, keys }: Sheet, index: number): Trace {
  const { key, product } = keys[index]!;
  const terms = query.vector.map(
    (x, d): TraceTerm => ({
      name: `component ${d}`,
      factors: [x, key[d]!],
      value: x * key[d]!,
      from: { step: "query", component: d },
    }),
  );
  return { result: product, terms };
}

/** Component `d` of the head's output: every token's value, weighted. */
export function sumTrace({ keys, headOutput, token }: Sheet, d: number, nameOf: (token: number) => string): Trace {
  const terms = keys.slice(0, token + 1).map(
    ({ index, weight, value, weighted }): TraceTerm => ({
      name: nameOf(index),
      factors: [weight, value[d]!],
      value: weighted[d]!,
    }),
  );
  return { result: headOutput[d]!, terms };
}

/** Component `c` of attention's output: what each head writes there, and the bias. */
export function outputTrace({ projection: { parts, bias, output } }: Sheet, c: number): Trace {
  const terms = parts.map((part, h): TraceTerm => ({ name: `head ${h}`, value: part[c]! }));
  if (bias) terms.push({ name: "bias", value: bias[c]! });
  return { result: output[c]!, terms };
}

/** Component `c` of what the chosen head writes: its output times a column of its rows of the matrix. */
export function partTrace({ head, headOutput, projection: { weight, parts } }: Sheet, c: number): Trace {
  const terms = headOutput.map(
    (x, d): TraceTerm => ({
      name: `component ${d}`,
      factors: [x, weight[d]![c]!],
      value: x * weight[d]![c]!,
      from: { step: "sum", component: d },
    }),
  );
  return { result: parts[head]![c]!, terms };
}

/** Component `c` of the residual stream after attention. */
export function residualTrace({ input, projection: { output }, residual }: Sheet, c: number): Trace {
  const terms: TraceTerm[] = [
    { name: "what the layer was given", value: input[c]!, from: { step: "vector", component: c } },
    { name: "what attention adds", value: output[c]!, from: { step: "projection", component: c } },
  ];
  return { result: residual[c]!, terms };
}

/** The `count` largest terms by size, and the sum of the others. */
export function largestTerms({ terms }: Trace, count: number): { largest: TraceTerm[]; others: number; rest: number } {
  if (terms.length <= count + 1) return { largest: terms, others: 0, rest: 0 };
  const ordered = [...terms].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const others = ordered.slice(count);
  return {
    largest: ordered.slice(0, count),
    others: others.length,
    rest: others.reduce((sum, { value }) => sum + value, 0),
  };
}
