import type { Sheet, SheetKey } from "../../src/inspection/sheet.js";
import { clipped, tokenName } from "./tokenText.js";

/** Columns of a number, and of the names before it, in narrow and in wide lines. */
const cell = 10;
const narrowName = 18;
const wideName = 24;
/** Components shown where there is room for any number. */
const mostShown = 8;

/** A line of a table: a name and cells, of numbers or of words. */
type Line = [name: string, ...cells: (number | string)[]];

/**
 * A sheet as people check it with a pencil: of each vector the first components, the sum of the rest, and the sum of all.
 *
 * @param texts the text's tokens
 * @param width columns of a line, from 60 on
 */
export function sheetText(sheet: Sheet, texts: readonly string[], width: number): string {
  const { layer, head, token, norm, query, keys, projection } = sheet;
  const page = new Page(width, query.vector.length);
  const { vector, terms } = page;
  const seen = keys.slice(0, token + 1);
  const nameOf = (index: number) => `${index} ${tokenName(texts[index]!)}`;
  const attention = `blocks.${layer}.attention`;
  const headDim = query.vector.length;
  const ofKeys = (make: (key: SheetKey) => (number | string)[]) =>
    seen.map((key): Line => [nameOf(key.index), ...make(key)]);

  page.say(
    `The arithmetic of layer ${layer}, head ${head} for token ${nameOf(token)} (--layer and --head choose another).`,
    `A vector is shown by its first ${page.shown} components, the sum of the rest, and the sum of all.`,
  );

  page.step(`The token's vector, its position, and x, what layer ${layer} is given`);
  page.table(page.vectorHead(), [
    ["embedding", ...vector(sheet.embedding)],
    ...(sheet.position ? [["+ position", ...vector(sheet.position)] as Line] : []),
    ...(sheet.position && layer > 0 ? [["= vector", ...vector(sheet.sum)] as Line] : []),
    ...sheet.earlier.map(({ layer, vector: added }): Line => [`+ ${partName(layer)}`, ...vector(added)]),
    ["= x", ...vector(sheet.input)],
  ]);

  const isLayerNorm = norm.mean !== undefined;
  const centred = sheet.input.map((x) => x - (norm.mean ?? 0));
  const deviation = Math.sqrt(norm.meanSquare + norm.epsilon);
  const scaled = centred.map((x) => x / deviation);
  page.step(
    isLayerNorm
      ? "Layer norm: n = gain · (x - mean) / sqrt(variance + epsilon) + bias"
      : "RMS norm: n = gain · x / sqrt(mean of x² + epsilon)",
  );
  page.say(
    isLayerNorm
      ? `mean ${fixed(norm.mean!)}, variance ${fixed(norm.meanSquare)}, epsilon ${norm.epsilon}: root ${fixed(deviation)}`
      : `mean of x² ${fixed(norm.meanSquare)}, epsilon ${norm.epsilon}: root ${fixed(deviation)}`,
  );
  page.table(page.vectorHead(), [
    ["x", ...vector(sheet.input)],
    ...(isLayerNorm ? [["x - mean", ...vector(centred)] as Line] : []),
    ["/ root", ...vector(scaled)],
    ["gain", ...vector(norm.gain)],
    ["· gain", ...vector(scaled.map((x, c) => x * norm.gain[c]!))],
    ...(norm.bias ? [["+ bias", ...vector(norm.bias)] as Line] : []),
    ["= n", ...vector(norm.output)],
  ]);

  page.step(
    `Query: q = n · W${query.bias ? " + bias" : ""}, with W [${norm.output.length}, ${headDim}] of ${attention}.qkv.weight`,
  );
  page.table(
    [...page.termsHead("n·W"), ...(query.bias ? ["bias"] : []), "= q"],
    query.vector.slice(0, page.shown).map((q, d): Line => {
      const products = norm.output.map((x, c) => x * query.weight[c]![d]!);
      return [`q[${d}]`, ...terms(products), ...(query.bias ? [query.bias[d]!] : []), q];
    }),
  );
  page.table(page.vectorHead(), [["q", ...vector(query.vector)]]);

  page.step("The keys of the tokens that it may see: k, made like q from their vectors");
  page.table(
    page.vectorHead(),
    ofKeys(({ key }) => vector(key)),
  );

  page.step("The query against every key: q·k, component by component");
  page.table(
    page.vectorHead("q·k", "= q·k"),
    ofKeys(({ key }) => vector(key.map((k, d) => k * query.vector[d]!))),
  );

  page.step(`Scores: q·k / sqrt(${headDim}), masked; weights: their softmax`);
  page.say(
    `sqrt(${headDim}) = ${fixed(sheet.divisor)}; exp is of score - highest, and highest is ${fixed(sheet.highest)}`,
  );
  page.table(
    ["q·k", "score", "exp", "weight"],
    [
      ...ofKeys(({ product, score, exp, weight }) => [product, score, exp, weight]),
      ["sum", "", "", sheet.expSum, sumOf(seen.map(({ weight }) => weight))],
    ],
  );
  const later = keys.length - seen.length;
  if (later > 0) {
    const those = later === 1 ? "the later token is masked" : `the ${later} later tokens are masked`;
    page.say(`${those}: score - 1e9, exp 0.0000, weight 0.0000`);
  }

  page.step("The values: v, made like k");
  page.table(
    page.vectorHead(),
    ofKeys(({ value }) => vector(value)),
  );

  page.step("Each value times its weight, and their sum: what the head has found");
  page.table(page.vectorHead(), [
    ...ofKeys(({ weighted }) => vector(weighted)),
    [`= head ${head}`, ...vector(sheet.headOutput)],
  ]);

  const perHead = Array.from({ length: projection.parts.length }, (_, h) =>
    sheet.joined.slice(h * headDim, (h + 1) * headDim),
  );
  page.step(`All heads joined: ${perHead.length} times ${headDim} components are ${sheet.joined.length}`);
  page.table(
    page.vectorHead(),
    perHead.map((output, h): Line => [`head ${h}${h === head ? " (this)" : ""}`, ...vector(output)]),
  );

  page.step(`What head ${head} writes: o · W, its output times its ${headDim} rows of ${attention}.output.weight`);
  page.table(
    [...page.termsHead("o·W"), "= sum"],
    projection.parts[head]!.slice(0, page.shown).map((_, c): Line => {
      const products = sheet.headOutput.map((x, d) => x * projection.weight[d]![c]!);
      return [`[${c}]`, ...terms(products), sumOf(products)];
    }),
  );

  page.step("Output projection: what all heads write, and the residual stream");
  page.table(page.vectorHead(), [
    ...projection.parts.map((part, h): Line => [`${h === 0 ? " " : "+"} head ${h}`, ...vector(part)]),
    ...(projection.bias ? [["+ bias", ...vector(projection.bias)] as Line] : []),
    ["= attention", ...vector(projection.output)],
    ["+ x", ...vector(sheet.input)],
    ["= residual", ...vector(sheet.residual)],
  ]);
  return page.text;
}

/** Numbered steps with tables of one width. */
class Page {
  /** Components of a vector that are shown. */
  readonly shown: number;
  private readonly name: number;
  private readonly parts: string[] = [];
  private steps = 0;

  constructor(width: number, components: number) {
    this.name = width < 80 ? narrowName : wideName;
    const room = Math.floor((width - this.name) / cell);
    this.shown = Math.max(1, Math.min(mostShown, components, room - 2));
  }

  get text(): string {
    return this.parts.join("\n");
  }

  /** A vector: its first components, the sum of the rest, the sum of all. */
  readonly vector = (values: readonly number[]): number[] => [...firstAndRest(values, this.shown), sumOf(values)];

  vectorHead(what = "", sum = "sum"): string[] {
    return [...namesOf(what, this.shown), sum];
  }

  /** The terms of a sum: fewer than components of a vector, as a bias comes after them. */
  readonly terms = (values: readonly number[]): number[] => firstAndRest(values, this.termsShown);

  termsHead(what: string): string[] {
    return namesOf(what, this.termsShown);
  }

  private get termsShown(): number {
    return Math.max(1, this.shown - 1);
  }

  say(...sentences: string[]): void {
    this.parts.push(sentences.join(" "));
  }

  step(title: string): void {
    this.steps++;
    this.parts.push("", `${this.steps}. ${title}`);
  }

  table(head: readonly string[], lines: readonly Line[]): void {
    const line = (name: string, cells: readonly (number | string)[]) => {
      const shown = cells.map((x) => (typeof x === "number" ? fixed(x) : x).padStart(cell));
      return `${clipped(`  ${name}`, this.name - 1).padEnd(this.name)}${shown.join("")}`.trimEnd();
    };
    this.parts.push(line("", head), ...lines.map(([name, ...cells]) => line(name, cells)));
  }
}

const namesOf = (what: string, count: number): string[] => [
  ...Array.from({ length: count }, (_, i) => `${what}[${i}]`),
  "rest",
];

const firstAndRest = (values: readonly number[], count: number): number[] => [
  ...values.slice(0, count),
  sumOf(values.slice(count)),
];

const sumOf = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0);

/** `feedForward 0` for blocks.0.feedForward. */
const partName = (layer: string): string => layer.replace(/^blocks\.(\d+)\.(\w+)$/, "$2 $1");

/** A number as the sheet shows it; nothing is -0.0000. */
function fixed(value: number): string {
  const text = Math.abs(value) < 1000 ? value.toFixed(4) : value.toPrecision(7);
  return /^-0\.0+$/.test(text) ? text.slice(1) : text;
}
