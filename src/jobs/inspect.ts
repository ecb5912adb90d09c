import { useBackend } from "../backends/choose.js";
import { type InspectionConfig, inspectionConfig } from "../config/inspection.js";
import { definedFields, requireInteger, requireNamed } from "../core/checks.js";
import { ConfigError } from "../core/errors.js";
import { attribution, type Contribution } from "../inspection/attribution.js";
import { type Capture, capture, type Intervention, onlyPoints } from "../inspection/capture.js";
import { type Outcome, outcome } from "../inspection/effect.js";
import { lens } from "../inspection/lens.js";
import type { Place } from "../inspection/places.js";
import { type Sharpness, sharpestHeads, weightRows } from "../inspection/sharpestHeads.js";
import { arithmeticSheet, type Sheet, sheetPlaces } from "../inspection/sheet.js";
import { type Closeness, compareWordPaths } from "../inspection/wordPath.js";
import { ablatedPart } from "./inspect/ablations.js";
import {
  type InspectedToken,
  logitsOf,
  nextOf,
  nextTokens,
  type PredictedToken,
  placesOfToken,
  tokenId,
  tokensOf,
} from "./inspect/inspectedText.js";
import { type HeadInspection, inspectHeads } from "./inspectHeads.js";
import { inspectSenses, type SenseInspection } from "./inspectSenses.js";
import { type OpenModel, openModel } from "./openModel.js";

export interface InspectOptions extends Partial<InspectionConfig> {
  /** A checkpoint folder, or a run folder (its best checkpoint). */
  checkpoint: string;
  /** Whether to load files that another program changed after heed saved them. @default false */
  trust?: boolean;
  /** @default "auto" */
  backend?: string;
  /** Called with which backend runs, and what is left out and why. */
  onNote?: (line: string) => void;
  /** Called with how much of the work on `heads` is done, of all. */
  onProgress?: (done: number, total: number) => void;
}

/** What a saved model does with a text: the parts that were asked for, as plain JSON. */
export interface Inspection {
  checkpoint: string;
  /** What was read; undefined where only `heads`, `senses` or `comparison` was asked for. */
  tokens?: InspectedToken[];
  /** The tokens that may come after the text, the most probable first. */
  next?: PredictedToken[];
  /** Where nothing else was asked for. */
  attention?: InspectedAttention;
  /** The token asked for: where it stands last, and every time. */
  token?: { index: number; occurrences: number[] };
  /** What `token` looks at, head by head, the sharpest first; where nothing else was asked for. */
  row?: AttentionRow[];
  sheet?: Sheet;
  lens?: { index: number; layers: LensAnswer[] };
  attribution?: { next: PredictedToken; parts: Contribution[] };
  ablations?: { before: AblatedReading; after: (AblatedReading & { parts: string[] })[] };
  comparison?: WordComparison;
  heads?: HeadInspection;
  senses?: SenseInspection;
}

export interface InspectedAttention {
  /** `sharpest`: the heads that look most sharply at single earlier tokens, see `sharpestHeads`. */
  rule: "asked for" | "sharpest";
  heads: AttentionMatrix[];
}

/** What every token looks at by one head. */
export interface AttentionMatrix extends Sharpness {
  /** A row a token: the weights that it gives to the tokens up to itself. */
  weights: number[][];
}

/** What one token looks at by one head. */
export interface AttentionRow extends Sharpness {
  /** One for each token up to it. */
  weights: number[];
}

/** What the model would answer if it ended here. */
export interface LensAnswer {
  place: Place;
  /** The three most probable next tokens. */
  top: PredictedToken[];
  /** The token that the whole model finds most probable, or `next`. */
  next: PredictedToken;
}

/** How a model reads a text. */
export interface AblatedReading {
  /** Mean loss of the text's tokens but the first, in nats; undefined for a text of one token. */
  loss?: number;
  /** The most probable next token. */
  top: PredictedToken;
  /** The one that is most probable with nothing switched off. */
  next: PredictedToken;
}

/** One word in two texts. */
export interface WordComparison {
  word: string;
  texts: { tokens: InspectedToken[]; index: number; occurrences: number[] }[];
  layers: Closeness[];
}

const nextShown = 10;
const headsShown = 3;

/**
 * What a saved model does with a text. Without `token`, what is said of one token is said of the last.
 *
 * @throws ConfigError, DataError or CheckpointError for an option, a text or a checkpoint that can't be used.
 */
export async function inspect(options: InspectOptions): Promise<Inspection> {
  const { checkpoint, trust, backend, onNote, onProgress, ...given } = options;
  requireNamed("checkpoint", checkpoint, "name a run or a checkpoint");
  const config = inspectionConfig(definedFields(given));
  const active = await useBackend(backend);
  const opened = openModel(checkpoint, { trust });
  const noted = new Set<string>(); // the heads' model is opened once more
  const noteOnce = (line: string) => {
    if (!noted.has(line)) onNote?.(line);
    noted.add(line);
  };
  try {
    for (const note of [`backend ${active.reason}; ${opened.folder}`, ...opened.notes]) noteOnce(note);
    const inspection: Inspection = { checkpoint: opened.folder };
    if (config.text !== undefined) Object.assign(inspection, inspectText(opened, config.text, config));
    if (config.compare.length > 0) inspection.comparison = compareWord(opened, config.compare, config.word!);
    const { data, texts } = config;
    const onFile = { checkpoint, data, texts, trust, backend, onNote: noteOnce };
    if (config.heads) inspection.heads = await inspectHeads({ ...onFile, onProgress });
    if (config.senses) inspection.senses = await inspectSenses(onFile);
    return inspection;
  } finally {
    opened.dispose();
  }
}

function inspectText(opened: OpenModel, text: string, config: InspectionConfig): Partial<Inspection> {
  const { model, tokenizer } = opened;
  const { numLayers, numHeads } = model.config;
  if (config.layer !== undefined) requireInteger("layer", config.layer, 0, numLayers - 1);
  if (config.head !== undefined) requireInteger("head", config.head, 0, numHeads - 1);
  const switchedOff = config.ablate.map((name) => ablatedPart(name, model.config));
  const tokens = tokensOf(opened, text, "text");
  const occurrences = config.token === undefined ? [] : placesOfToken(tokens, config.token, "token");
  const index = occurrences.at(-1) ?? tokens.length - 1;

  const ids = tokens.map(({ id }) => id);
  const captured = capture(model, [ids], { at: onlyPoints("weights", "headOutputs", "output", "residual", "logits") });
  const logitsAt = (token: number) => logitsOf(captured.at("output", "logits").values, model, token);
  const nextId = config.next === undefined ? undefined : tokenId(config.next, tokenizer, logitsAt(index));
  const heads = chosenHeads(opened, captured, { ...config, index: config.arithmetic ? index : occurrences.at(-1) });

  const inspection: Partial<Inspection> = {
    tokens,
    next: nextTokens(logitsAt(tokens.length - 1), tokenizer, nextShown),
  };
  if (occurrences.length > 0) inspection.token = { index, occurrences };
  if (config.arithmetic) {
    const { layer, head } = heads[0]!;
    const needed = capture(model, [ids], { at: sheetPlaces(layer) });
    inspection.sheet = arithmeticSheet(model, needed, { layer, head, token: index });
  }
  if (config.lens) inspection.lens = { index, layers: lensOf(opened, captured, { index, nextId }) };
  if (config.attribution) inspection.attribution = attributionOf(opened, captured, { index, nextId });
  if (switchedOff.length > 0) inspection.ablations = ablationsOf(opened, ids, switchedOff);
  if (config.arithmetic || config.lens || config.attribution || switchedOff.length > 0) return inspection;
  if (occurrences.length === 0) inspection.attention = attentionOf(captured, heads, config);
  else inspection.row = heads.map((one) => ({ ...one, weights: weightRows(captured, one.layer, one.head)[index]! }));
  return inspection;
}

/** The heads that `layer` and `head` name, those first that look most sharply at single tokens. */
function chosenHeads(
  { model }: OpenModel,
  captured: Capture,
  { layer, head, index }: Pick<InspectionConfig, "layer" | "head"> & { index: number | undefined },
) {
  const isChosen = (one: Sharpness) => (layer ?? one.layer) === one.layer && (head ?? one.head) === one.head;
  return sharpestHeads(model, captured, { token: index }).filter(isChosen);
}

/** All heads of a layer, one head of all layers, or one alone, as asked for; else the sharpest. */
function attentionOf(
  captured: Capture,
  heads: Sharpness[],
  { layer, head }: Pick<InspectionConfig, "layer" | "head">,
): InspectedAttention {
  const isAsked = layer !== undefined || head !== undefined;
  const shown = isAsked ? heads.sort((a, b) => a.layer - b.layer || a.head - b.head) : heads.slice(0, headsShown);
  return {
    rule: isAsked ? "asked for" : "sharpest",
    heads: shown.map((one) => ({ ...one, weights: weightRows(captured, one.layer, one.head) })),
  };
}

interface Asked {
  /** The token at which the model answers. */
  index: number;
  /** The answer, where one was asked for. */
  nextId: number | undefined;
}

function lensOf({ model, tokenizer }: OpenModel, captured: Capture, { index, nextId }: Asked): LensAnswer[] {
  const layers = lens(model, captured, { position: index });
  const next = nextId ?? nextTokens(layers.at(-1)!.logits.values, tokenizer, 1)[0]!.id;
  return layers.map(({ place, logits: { values } }) => ({
    place,
    top: nextTokens(values, tokenizer, 3),
    next: nextOf(values, tokenizer, next),
  }));
}

function attributionOf({ model, tokenizer }: OpenModel, captured: Capture, { index, nextId }: Asked) {
  const logits = logitsOf(captured.at("output", "logits").values, model, index);
  const id = nextId ?? nextTokens(logits, tokenizer, 1)[0]!.id;
  return { next: nextOf(logits, tokenizer, id), parts: attribution(model, captured, { position: index, token: id }) };
}

function ablationsOf(
  { model, tokenizer }: OpenModel,
  ids: readonly number[],
  parts: readonly { name: string; intervention: Intervention }[],
): NonNullable<Inspection["ablations"]> {
  const runs = [...parts.map((part) => [part]), ...(parts.length > 1 ? [parts] : [])];
  const before = outcome(model, [ids]);
  const after = runs.map((run) =>
    outcome(model, [ids], { interventions: run.map(({ intervention }) => intervention) }),
  );
  const lastOf = ({ logits }: Outcome) => logitsOf(logits.values, model, ids.length - 1);
  const [unchanged] = nextTokens(lastOf(before), tokenizer, 1);
  const reading = (one: Outcome): AblatedReading => ({
    ...(ids.length > 1 && { loss: one.loss }),
    top: nextTokens(lastOf(one), tokenizer, 1)[0]!,
    next: nextOf(lastOf(one), tokenizer, unchanged!.id),
  });
  return {
    before: reading(before),
    after: after.map((one, i) => ({ parts: runs[i]!.map(({ name }) => name), ...reading(one) })),
  };
}

function compareWord(opened: OpenModel, texts: readonly string[], word: string): WordComparison {
  const sides = texts.map((text, i) => {
    const name = i === 0 ? "the first text" : "the second text";
    const tokens = tokensOf(opened, text, name);
    const occurrences = placesOfWord(tokens, word, name);
    return { tokens, occurrences, index: occurrences.at(-1)! };
  });
  const [a, b] = sides.map(({ tokens, index }) => ({
    captured: capture(opened.model, [tokens.map(({ id }) => id)], { at: onlyPoints("output", "residual") }),
    index,
  }));
  return { word, texts: sides, layers: compareWordPaths(opened.model.config, a!, b!) };
}

function placesOfWord(tokens: readonly InspectedToken[], word: string, textName: string): number[] {
  try {
    return placesOfToken(tokens, word, "word");
  } catch (error) {
    throw error instanceof ConfigError ? error.in(textName) : error;
  }
}
