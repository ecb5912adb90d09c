import { useBackend } from "../../backends/choose.js";
import { type EvaluationConfig, evaluationConfig } from "../../config/evaluation.js";
import { nameOf, pathOf, type TextSource } from "../../config/textSource.js";
import { requireInteger, requireNamed } from "../../core/checks.js";
import { DataError, show } from "../../core/errors.js";
import type { EntropyFloor } from "../../dataset/meta.js";
import { type OpenModel, openModel } from "../openModel.js";
import type { Block } from "./blocks.js";
import { type CostlyToken, CostlyTokens } from "./costlyTokens.js";
import { type Figures, figuresOf } from "./figures.js";
import { LossReader } from "./lossReader.js";
import { type RelationAccuracy, RelationTest } from "./relations.js";
import { readScoredText, type ScoredText } from "./scoredText.js";
import { scoreText } from "./scoreText.js";
import { windowsOf } from "./windows.js";

export interface EvaluateOptions extends Partial<EvaluationConfig> {
  /** A checkpoint folder, or a run folder (its best checkpoint). */
  checkpoint: string;
  /** The text to measure the model on: a file, or `{ text }`. */
  data: TextSource;
  /** Whether to load files that another program changed after heed saved them. @default false */
  trust?: boolean;
  /** @default "auto" */
  backend?: string;
  /** Called with which backend runs, and what is left out and why. */
  onNote?: (line: string) => void;
  /** Called with how many rows of at most a context of tokens are worked out, of all. */
  onProgress?: (done: number, total: number) => void;
}

export interface Evaluation extends Figures {
  checkpoint: string;
  /** The text's file, or "-" for one in memory. */
  data: string;
  contextLength: number;
  stride: number;
  /** The best possible figures for this text, first token included, where its corpus states them. */
  floor?: EntropyFloor;
  /** `bitsPerCharacter` above the floor. */
  bitsPerCharacterAboveFloor?: number;
  /** `bitsPerWord` above the floor. */
  bitsPerWordAboveFloor?: number;
  /** Mean loss in nats by tokens seen before, from 1 on, over every window: what a longer memory is worth. */
  lossByTokensSeen: number[];
  /** What the model is worst at. */
  costly: { inTotal: CostlyToken[]; onAverage: CostlyToken[] };
  /** How often it finds the right word likelier than wrong ones, by kind; where the text's corpus says which are. */
  relations?: RelationAccuracy[];
}

/** Tokens in each list of costly ones. */
const costlyCount = 10;

/**
 * How well a saved model predicts a whole text. Every token but the first is predicted once, from at least
 * `contextLength - stride` tokens before the one it follows (all of them near the start).
 *
 * @throws ConfigError, DataError or CheckpointError for an option, a text or a checkpoint that can't be used.
 */
export async function evaluate({ checkpoint, data, ...options }: EvaluateOptions): Promise<Evaluation> {
  requireNamed("checkpoint", checkpoint, "name a run or a checkpoint");
  if (typeof data !== "object") requireNamed("data", data, "name a text file");
  const { trust, backend, onNote, onProgress, ...given } = options;
  const { batchSize } = evaluationConfig(given);
  const active = await useBackend(options.backend);
  const opened = openModel(checkpoint, { trust });
  try {
    const { contextLength } = opened.model.config;
    const stride = requireInteger("stride", options.stride ?? Math.ceil(contextLength / 2), 1, contextLength);
    options.onNote?.(`backend ${active.reason}; ${opened.folder}`);
    for (const note of opened.notes) options.onNote?.(note);
    const { tokenizer } = opened;
    const text = await readScoredText(data, { tokenizer, least: contextLength, onNote: options.onNote });
    try {
      requireTwoTokens(data, text.store.length);
      return await measure(opened, text, { ...options, data, batchSize, stride });
    } finally {
      text.store.close();
    }
  } finally {
    opened.dispose();
  }
}

function requireTwoTokens(data: TextSource, tokens: number): void {
  if (tokens >= 2) return;
  throw new DataError(
    `data must have at least 2 tokens, for the first is not predicted: got ${show(nameOf(data))}, ${tokens} token (give a longer text)`,
  );
}

interface Work extends Pick<EvaluateOptions, "data" | "onNote" | "onProgress"> {
  batchSize: number;
  stride: number;
}

async function measure(
  { model, tokenizer, folder }: OpenModel,
  { store, blocks, floor, choices }: ScoredText,
  { data, batchSize, stride, onNote, onProgress }: Work,
): Promise<Evaluation> {
  const { contextLength, vocabSize } = model.config;
  const count = store.length - 1;
  const windows = windowsOf(count, { length: Math.min(contextLength, count), stride });
  const setting = { store, tokenizer, contextLength };
  const test = choices && new RelationTest({ choices: choices.file, places: choices.places, ...setting });
  if (test?.note !== undefined) onNote?.(test.note);

  const total = windows.length + (test?.rows ?? 0);
  const sums = new Sums(blocks, vocabSize, Math.min(contextLength, count));
  const reader = new LossReader(model, Math.min(batchSize, windows.length), folder);
  try {
    await scoreText(reader, { store, windows }, { ...sums.listeners, onWindows: (done) => onProgress?.(done, total) });
    const relations = test && (await test.run(reader, (done) => onProgress?.(windows.length + done, total)));
    const figures = figuresOf(blocks, sums.nats, contextLength);
    return {
      checkpoint: folder,
      data: pathOf(data),
      contextLength,
      stride,
      ...figures,
      ...aboveFloor(figures, floor),
      lossByTokensSeen: Array.from(sums.seenNats, (nats) => nats / windows.length),
      costly: sums.costly.worst(costlyCount, { store, tokenizer }),
      ...(relations && { relations }),
    };
  } finally {
    reader.dispose();
  }
}

/** Adds up the losses of a text: by block, by tokens seen, and by token. */
class Sums {
  readonly nats: Float64Array;
  readonly seenNats: Float64Array;
  readonly costly: CostlyTokens;
  private block = 0;

  constructor(
    private readonly blocks: readonly Block[],
    vocabSize: number,
    length: number,
  ) {
    this.nats = new Float64Array(blocks.length);
    this.seenNats = new Float64Array(length);
    this.costly = new CostlyTokens(vocabSize);
  }

  readonly listeners = {
    onToken: (loss: number, id: number, index: number) => {
      while (index >= this.blocks[this.block]!.end) this.block++;
      this.nats[this.block]! += loss;
      this.costly.add(loss, id, index);
    },
    onSeen: (loss: number, seen: number) => {
      this.seenNats[seen - 1]! += loss;
    },
  };
}

function aboveFloor({ bitsPerCharacter, bitsPerWord }: Figures, floor: EntropyFloor | undefined) {
  if (!floor) return {};
  return {
    floor,
    bitsPerCharacterAboveFloor: bitsPerCharacter - floor.bitsPerCharacter,
    ...(bitsPerWord !== undefined && { bitsPerWordAboveFloor: bitsPerWord - floor.bitsPerWord }),
  };
}
