import { nameOf, pathOf } from "../config/textSource.js";
import { DataError, show } from "../core/errors.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";
import { changed, digesting } from "./digestText.js";
import { encodeText } from "./encodeText.js";
import { knownFloor } from "./meta.js";
import { type CorpusOptions, planCorpus, type Split } from "./plan.js";
import { SplitWriter, type TextCounts } from "./splitWriter.js";
import { type Survey, type SurveyedText, surveyTexts } from "./survey.js";
import type { TokenStore } from "./tokenStore.js";

export interface Corpus {
  tokenizer: Tokenizer;
  train: TokenStore;
  /** Undefined where `valFraction` is 0. */
  validation: TokenStore | undefined;
  counts: { train: TextCounts; validation: TextCounts | undefined };
  /** The texts; the path of one in memory is "-". */
  files: { path: string; split: Split; bytes: number; sha256: string }[];
  /** What the user should know, a line each. */
  notes: string[];
  /** Closes both stores. */
  close(): void;
}

/** A text, and how many of its tokens are for training: those at its start. */
interface SplitText extends SurveyedText {
  trainTokens: number;
}

const defaultMemoryLimit = 64 * 2 ** 20;

/**
 * Texts as token ids, for training and validation. Reads each text twice, a chunk at a time: once to fit the tokenizer
 * and count, once to encode.
 *
 * @throws DataError if a text can't be read, has an unknown token, is in both splits, or a split is too short;
 *   ConfigError if an option breaks its rule.
 */
export async function openCorpus(options: CorpusOptions): Promise<Corpus> {
  const { reading = "each" } = options;
  const plan = await planCorpus(options);
  const toRead = 2 * plan.texts.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const onBytes = ({ length }: Uint8Array) => {
    done += length;
    options.onProgress?.(done, toRead);
  };
  const notes: string[] = [];
  const keepMarks = reading === "joined";
  const survey = await surveyTexts(plan.texts, options.tokenizer, {
    keepMarks,
    onBytes,
    onNote: (line) => notes.push(line),
  });
  if (reading === "each") requireNoneInBoth(survey.texts);
  notes.push(...repeated(survey.texts));
  const texts = splitTexts(survey.texts, { fraction: plan.valFraction, joined: reading === "joined" });
  const lengths = { train: sum(texts.map((text) => text.trainTokens)), validation: 0 };
  lengths.validation = sum(texts.map((text) => text.tokens)) - lengths.train;
  requireLength("train", lengths.train, options.contextLength);
  if (plan.validated) requireLength("validation", lengths.validation, options.contextLength);
  const { train, validation } = await encodeSplits(options, { ...survey, texts, lengths, keepMarks, onBytes });
  const heldOut = survey.texts.filter(({ split, source }) => split === "validation" && typeof source === "string");
  notes.push(...heldOut.flatMap(({ source, sha256 }) => knownFloor(pathOf(source), sha256).note ?? []));
  return {
    tokenizer: survey.tokenizer,
    train: train.store,
    validation: plan.validated ? validation.store : undefined,
    counts: { train: train.counts, validation: plan.validated ? validation.counts : undefined },
    files: survey.texts.map(({ source, split, bytes, sha256 }) => ({ path: pathOf(source), split, bytes, sha256 })),
    notes: [...new Set(notes)],
    close() {
      train.store.close();
      validation.store.close();
    },
  };
}

interface SplitSurvey extends Survey {
  texts: SplitText[];
  /** Tokens in each split. */
  lengths: Record<Split, number>;
  keepMarks: boolean;
  onBytes: (bytes: Uint8Array) => void;
}

/** The second reading: every text's ids to the store of its split. */
async function encodeSplits(
  { memoryLimit = defaultMemoryLimit, cacheFolder }: CorpusOptions,
  { tokenizer, texts, lengths, keepMarks, onBytes }: SplitSurvey,
) {
  const keep = sum(texts.map(({ bytes }) => bytes)) > memoryLimit ? "file" : "memory";
  const writer = (split: Split) =>
    new SplitWriter({ vocabSize: tokenizer.vocabSize, length: lengths[split], keep, folder: cacheFolder });
  const train = writer("train");
  const validation = writer("validation");
  try {
    for (const planned of texts) {
      let done = 0; // tokens of this text
      const { sha256 } = await digesting({ keepMarks, onBytes }, async (reading) => {
        for await (const { text, ids, offsets } of encodeText(planned.source, tokenizer, reading)) {
          const cut = Math.min(Math.max(planned.trainTokens - done, 0), ids.length);
          const textCut = offsets[cut] ?? text.length;
          done += ids.length;
          if (done > planned.tokens) throw changed(planned.source);
          train.add(text.slice(0, textCut), ids.subarray(0, cut));
          validation.add(text.slice(textCut), ids.subarray(cut));
        }
      });
      if (sha256 !== planned.sha256) throw changed(planned.source);
    }
  } catch (error) {
    train.abort();
    validation.abort();
    throw error;
  }
  return { train: train.finish(), validation: validation.finish() };
}

/** How many tokens of each text are for training: all but its last `fraction`, or all but that of the texts joined. */
function splitTexts(
  texts: readonly SurveyedText[],
  { fraction, joined }: { fraction: number; joined: boolean },
): SplitText[] {
  const all = sum(texts.map(({ split, tokens }) => (split === "train" ? tokens : 0)));
  let left = Math.floor(all * (1 - fraction));
  return texts.map((text) => {
    if (text.split === "validation") return { ...text, trainTokens: 0 };
    const trainTokens = joined ? Math.min(left, text.tokens) : Math.floor(text.tokens * (1 - fraction));
    left -= trainTokens;
    return { ...text, trainTokens };
  });
}

/** @throws DataError if a validation text is also a training text under another name. */
function requireNoneInBoth(texts: readonly SurveyedText[]): void {
  const trained = texts.filter(({ split }) => split === "train");
  for (const { source, sha256 } of texts.filter(({ split }) => split === "validation")) {
    const same = trained.find((text) => text.sha256 === sha256);
    if (same) {
      throw new DataError(
        `a validation text must not be a training text: got ${show(nameOf(source))}, which is the same text as ` +
          `${show(nameOf(same.source))} (leave one out)`,
      );
    }
  }
}

/** Notes on texts that are given more than once. */
function repeated(texts: readonly SurveyedText[]): string[] {
  return texts.flatMap(({ source, sha256 }, i) => {
    const before = texts.slice(0, i).find((text) => text.sha256 === sha256);
    if (!before) return [];
    const [name, other] = [nameOf(source), nameOf(before.source)];
    return name === other
      ? `${name} is given more than once: it counts each time`
      : `${name} is the same text as ${other}: it counts twice`;
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
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
