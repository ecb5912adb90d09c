import { realpathSync } from "node:fs";
import { nameOf, type TextSource } from "../config/textSource.js";
import { requireInteger, requireRange } from "../core/checks.js";
import { ConfigError, DataError, show } from "../core/errors.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";
import type { FitKindOptions } from "../tokenizers/tokenizers.js";
import { heldOutFor } from "./meta.js";
import { requireText } from "./readText.js";

/**
 * How texts are read and split. `each`: each training text gives its share of validation text, no text is in both splits, and
 * byte order marks inside a text are left out. `joined`, as heed did at first: the share is the end of all texts joined.
 */
export const readings = ["joined", "each"] as const;
export type Reading = (typeof readings)[number];

export interface CorpusOptions {
  /** Texts to train on, one after the other; a window may run from one into the next, a token never does. */
  files: readonly TextSource[];
  /** A tokenizer, or what kind to fit to `files`. */
  tokenizer: Tokenizer | FitKindOptions;
  /** `T`: training and validation text must hold at least `T + 1` tokens each. */
  contextLength: number;
  /** Texts to validate on. @default the held-out text that a meta.json next to the one data file names */
  valFiles?: readonly TextSource[];
  /** Share of each text's tokens, at its end, to validate on instead; 0 for no validation. @default 0.1 */
  valFraction?: number;
  /** @default "each" */
  reading?: Reading;
  /** Bytes of text above which the ids go to a file. @default 64 MiB */
  memoryLimit?: number;
  /** Folder for that file, which goes away with the process. @default the system's folder for temporary files */
  cacheFolder?: string;
  /** Is called with how many bytes of all those to read are done; every text is read twice. */
  onProgress?: (done: number, total: number) => void;
}

export type Split = "train" | "validation";

/** A text and the split that it serves. */
export interface PlannedText {
  source: TextSource;
  split: Split;
  bytes: number;
}

export interface CorpusPlan {
  /** The training texts, then the validation texts. */
  texts: PlannedText[];
  /** Share of the training texts' tokens that is validation text instead; 0 where there are validation texts. */
  valFraction: number;
  /** Whether there is to be a validation split. */
  validated: boolean;
}

/** The default share of the tokens to validate on. */
export const defaultValFraction = 0.1;

/**
 * Checks the options and the texts of a corpus, without reading them, and decides what to validate on.
 *
 * @throws ConfigError or DataError as `openCorpus` says.
 */
export async function planCorpus(options: CorpusOptions): Promise<CorpusPlan> {
  const { files, valFiles, valFraction } = options;
  requireInteger("contextLength", options.contextLength);
  if (files.length === 0) throw new ConfigError("files must name at least one text file: got none");
  if (valFiles?.length === 0)
    throw new ConfigError("valFiles must name at least one text file where it is given: got none");
  if (valFraction !== undefined) {
    requireRange("valFraction", valFraction, 0, 0.9);
    if (valFiles)
      throw new ConfigError(`valFraction must not be given beside valFiles: got ${valFraction} (leave one out)`);
  }
  const train = await sized(files, "train");
  const [first, ...others] = files;
  const isAlone = valFraction === undefined && others.length === 0 && typeof first === "string";
  const heldOut = isAlone ? heldOutFor(first) : undefined;
  const validation = await sized(valFiles ?? (heldOut === undefined ? [] : [heldOut]), "validation");
  requireApart(files, validation);
  const fraction = validation.length > 0 ? 0 : (valFraction ?? defaultValFraction);
  return {
    texts: [...train, ...validation],
    valFraction: fraction,
    validated: validation.length > 0 || fraction > 0,
  };
}

async function sized(sources: readonly TextSource[], split: Split): Promise<PlannedText[]> {
  return Promise.all(sources.map(async (source) => ({ source, split, bytes: await requireText(source) })));
}

function requireApart(train: readonly TextSource[], validation: PlannedText[]): void {
  const place = (source: TextSource) => (typeof source === "string" ? realpathSync(source) : source);
  const trained = new Set(train.map(place));
  for (const { source } of validation) {
    if (trained.has(place(source))) {
      throw new DataError(`a validation file must not be a training file: got ${show(nameOf(source))} as both`);
    }
  }
}
