import { realpathSync } from "node:fs";
import { requireInteger, requireRange } from "../core/checks.js";
import { ConfigError, DataError } from "../core/errors.js";
import type { FitOptions } from "../tokenizers/fit.js";
import type { Tokenizer, TokenizerKind } from "../tokenizers/tokenizer.js";
import { heldOutFor } from "./meta.js";
import { requireTextFile } from "./readText.js";

export interface CorpusOptions {
  /** Text files to train on, one after the other; a window may run from one into the next, a token never does. */
  files: readonly string[];
  /** A tokenizer, or what kind to fit to `files`. */
  tokenizer: Tokenizer | ({ kind: TokenizerKind } & FitOptions);
  /** `T`: training and validation text must hold at least `T + 1` tokens each. */
  contextLength: number;
  /** Text files to validate on. @default the held-out text that a meta.json beside the one data file names */
  valFiles?: readonly string[];
  /** Share of the tokens, at the end, to validate on instead; 0 for no validation. @default 0.1 */
  valFraction?: number;
  /** Bytes of text above which the ids go to a file. @default 64 MiB */
  memoryLimit?: number;
  /** Folder for that file, which goes away with the process. @default the system's folder for temporary files */
  cacheFolder?: string;
  /** Hears how many bytes of all those to read are done; every text is read twice. */
  onProgress?: (done: number, total: number) => void;
}

export type Split = "train" | "validation";

/** A data file and the split that it serves. */
export interface PlannedFile {
  path: string;
  split: Split;
  bytes: number;
}

export interface CorpusPlan {
  /** The training files, then the validation files. */
  files: PlannedFile[];
  /** Share of the training files' tokens that is validation text instead; 0 where there are validation files. */
  valFraction: number;
  /** Whether there is to be a validation split. */
  validated: boolean;
}

/** The default share of the tokens to validate on. */
const defaultValFraction = 0.1;

/**
 * Checks the options and the files of a corpus, without reading them, and decides what to validate on.
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
  const heldOut = valFraction === undefined && files.length === 1 ? heldOutFor(files[0]!) : undefined;
  const validation = await sized(valFiles ?? (heldOut === undefined ? [] : [heldOut]), "validation");
  requireApart(files, validation);
  const fraction = validation.length > 0 ? 0 : (valFraction ?? defaultValFraction);
  return {
    files: [...train, ...validation],
    valFraction: fraction,
    validated: validation.length > 0 || fraction > 0,
  };
}

async function sized(paths: readonly string[], split: Split): Promise<PlannedFile[]> {
  return Promise.all(paths.map(async (path) => ({ path, split, bytes: await requireTextFile(path) })));
}

function requireApart(train: readonly string[], validation: PlannedFile[]): void {
  const trained = new Set(train.map((path) => realpathSync(path)));
  for (const { path } of validation) {
    if (trained.has(realpathSync(path))) {
      throw new DataError(`a validation file must not be a training file: got ${JSON.stringify(path)} as both`);
    }
  }
}
