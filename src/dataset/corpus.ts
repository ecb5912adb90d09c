import { createHash } from "node:crypto";
import { DataError } from "../core/errors.js";
import { splitters } from "../tokenizers/fit.js";
import type { Tokenizer, TokenizerKind } from "../tokenizers/tokenizer.js";
import { encodeFile } from "./encodeFile.js";
import { type EntropyFloor, knownFloor } from "./meta.js";
import { type CorpusOptions, planCorpus, type Split } from "./plan.js";
import { SplitWriter, type TextCounts } from "./splitWriter.js";
import { type Survey, type SurveyedFile, surveyFiles } from "./survey.js";
import type { TokenStore } from "./tokenStore.js";

export interface Corpus {
  tokenizer: Tokenizer;
  train: TokenStore;
  /** Undefined where `valFraction` is 0. */
  validation: TokenStore | undefined;
  counts: { train: TextCounts; validation: TextCounts | undefined };
  files: { path: string; split: Split; bytes: number; sha256: string }[];
  /** The entropy floor of the validation text, where it is known. */
  floor: EntropyFloor | undefined;
  /** What the user should know, a line each. */
  notes: string[];
  /** Closes both stores. */
  close(): void;
}

/** Tokens in each split. */
type SplitLengths = Record<Split, number>;

const defaultMemoryLimit = 64 * 2 ** 20;

/**
 * Text files as token ids, for training and validation. Reads each file twice, a chunk at a time: once to fit the
 * tokenizer and count, once to encode.
 *
 * @throws DataError if a file can't be read as text, has an unknown token, or a split is too short; ConfigError if an
 *   option breaks its rule.
 */
export async function openCorpus(options: CorpusOptions): Promise<Corpus> {
  const plan = await planCorpus(options);
  const toRead = 2 * plan.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const onBytes = ({ length }: Uint8Array) => {
    done += length;
    options.onProgress?.(done, toRead);
  };
  const survey = await surveyFiles(plan.files, options.tokenizer, onBytes);
  const lengths = splitLengths(survey.files, plan.valFraction);
  requireLength("train", lengths.train, options.contextLength);
  if (plan.validated) requireLength("validation", lengths.validation, options.contextLength);
  const { train, validation } = await encodeSplits(options, survey, lengths, onBytes);
  const floors = survey.files.filter(({ split }) => split === "validation").map((f) => knownFloor(f.path, f.sha256));
  return {
    tokenizer: survey.tokenizer,
    train: train.store,
    validation: plan.validated ? validation.store : undefined,
    counts: { train: train.counts, validation: plan.validated ? validation.counts : undefined },
    files: survey.files.map(({ path, split, bytes, sha256 }) => ({ path, split, bytes, sha256 })),
    floor: floors.length === 1 ? floors[0]!.floor : undefined,
    notes: floors.flatMap(({ note }) => note ?? []),
    close() {
      train.store.close();
      validation.store.close();
    },
  };
}

/** The second reading: every file's ids to the store of its split. */
async function encodeSplits(
  { memoryLimit = defaultMemoryLimit, cacheFolder }: CorpusOptions,
  { tokenizer, files }: Survey,
  lengths: SplitLengths,
  onBytes: (bytes: Uint8Array) => void,
) {
  const keep = files.reduce((sum, { bytes }) => sum + bytes, 0) > memoryLimit ? "file" : "memory";
  const writer = (split: Split) =>
    new SplitWriter({ vocabSize: tokenizer.vocabSize, length: lengths[split], keep, folder: cacheFolder });
  const train = writer("train");
  const validation = writer("validation");
  try {
    let left = lengths.train; // tokens until the training split is full; what follows is for validation
    for (const file of files) {
      const hash = createHash("sha256");
      const hear = (bytes: Uint8Array) => {
        hash.update(bytes);
        onBytes(bytes);
      };
      let tokens = 0;
      for await (const { text, ids } of encodeFile(file.path, tokenizer, { onBytes: hear })) {
        tokens += ids.length;
        if (tokens > file.tokens) throw changed(file);
        const cut = Math.min(left, ids.length);
        const textCut = cut === ids.length ? text.length : lengthOfTokens(text, tokenizer.kind, cut);
        train.add(text.slice(0, textCut), ids.subarray(0, cut));
        validation.add(text.slice(textCut), ids.subarray(cut));
        left -= cut;
      }
      if (hash.digest("hex") !== file.sha256) throw changed(file);
    }
  } catch (error) {
    train.abort();
    validation.abort();
    throw error;
  }
  return { train: train.finish(), validation: validation.finish() };
}

/** How long the first `count` tokens of `text` are. */
function lengthOfTokens(text: string, kind: TokenizerKind, count: number): number {
  if (count === 0) return 0;
  return splitters[kind].split(text).slice(0, count).join("").length;
}

function splitLengths(files: readonly SurveyedFile[], valFraction: number): SplitLengths {
  const sum = (wanted: Split) => files.reduce((total, { split, tokens }) => total + (split === wanted ? tokens : 0), 0);
  const train = Math.floor(sum("train") * (1 - valFraction));
  return { train, validation: sum("validation") + sum("train") - train };
}

function requireLength(split: Split, tokens: number, contextLength: number): void {
  if (tokens > contextLength) return;
  const name = split === "train" ? "training" : "validation";
  const shorter = tokens > 1 ? ` or a contextLength of at most ${tokens - 1}` : "";
  const larger = split === "train" ? "" : ", a larger valFraction";
  throw new DataError(
    `the ${name} text must have at least contextLength + 1 = ${contextLength + 1} tokens: got ${tokens} ` +
      `(give a longer text${larger}${shorter})`,
  );
}

function changed({ path }: SurveyedFile): DataError {
  return new DataError(`data file must stay as it is while it is read: ${JSON.stringify(path)} changed (start again)`);
}
