import { existsSync } from "node:fs";
import { digestFile } from "../../core/durableFiles.js";
import { readJson } from "../../core/strictJson.js";
import { openCorpus } from "../../dataset/corpus.js";
import { knownFloor } from "../../dataset/meta.js";
import { tokenizerFromJson } from "../../tokenizers/json.js";
import type { ReportRun } from "./readRun.js";

/** The least loss that is possible on the validation text of a report's runs. */
export interface Floor {
  text: string;
  /** Of the whole text. */
  tokens: number;
  words: number;
  bitsPerWord: number;
  /** In nats per token, for the runs' tokenizer. */
  loss: number;
}

/**
 * The entropy floor of the text that `runs` are validated on, where its corpus states one and the text and the runs'
 * tokenizer are there to count its tokens and words: `loss = bitsPerWord · ln 2 · words / tokens`. With `note` instead
 * where the text is not to be had as it was.
 */
export async function floorOf(runs: readonly ReportRun[]): Promise<{ floor?: Floor; note?: string }> {
  const tokenizer = runs.find((run) => run.tokenizer)?.tokenizer;
  const files = runs[0]!.record.files.filter(({ split }) => split === "validation");
  if (!tokenizer || files.length !== 1) return {};
  const { path, sha256 } = files[0]!;
  if (!existsSync(path))
    return { note: `${path} is not there, so whether its best possible loss is known was not seen.` };
  const { floor } = knownFloor(path, sha256);
  if (!floor) return {};
  if (digestFile(path).sha256 !== sha256) {
    return { note: `${path} has changed since the runs, so its best possible loss is not used.` };
  }
  const known = tokenizerFromJson(readJson(tokenizer.path), tokenizer.path);
  const corpus = await openCorpus({ files: [path], tokenizer: known, contextLength: 1, valFraction: 0 });
  try {
    const tokens = corpus.train.length - 1; // all but the first are predicted
    const { words } = corpus.counts.train;
    const { bitsPerWord } = floor;
    return { floor: { text: path, tokens, words, bitsPerWord, loss: (bitsPerWord * Math.LN2 * words) / tokens } };
  } finally {
    corpus.close();
  }
}

/** Bits per word of a loss in nats per token: `loss · tokens / words / ln 2`. */
export function bitsPerWord(loss: number, { tokens, words }: Floor): number {
  return (loss * tokens) / words / Math.LN2;
}
