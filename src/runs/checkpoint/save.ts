import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ModelConfig } from "../../config/model.js";
import { requireInteger } from "../../core/checks.js";
import {
  type FileDigest,
  removeQuietly,
  removeTemporaries,
  replaceText,
  syncFolder,
  temporaryBeside,
  writeSynced,
} from "../../core/durableFiles.js";
import { FileError } from "../../core/errors.js";
import { asFileError, causeOf, makeFolder } from "../../core/files.js";
import { exactJson } from "../../core/strictJson.js";
import { configJson, familyFor } from "../../model/families/families.js";
import type { Family } from "../../model/families/family.js";
import type { VariableValues } from "../../model/variables.js";
import { writeWeights } from "./familyWeights.js";
import { type GenerationDefaults, toHfGeneration } from "./generationDefaults.js";
import { manifestJson } from "./manifest.js";
import {
  checkpointName,
  checkpointSteps,
  files,
  placeCheckpoint,
  readPointer,
  removeCheckpoint,
  settleReplacements,
} from "./names.js";
import { writeFloats } from "./safetensors.js";

/** What a checkpoint holds. */
export interface CheckpointContent {
  /** The `id` of the run, by which resuming knows its own checkpoints. */
  run?: string;
  /** Weight updates done. */
  step: number;
  config: ModelConfig;
  /** The value of tokenizer.json. */
  tokenizer: object;
  /** The value of tokenizer_config.json, which Hugging Face's libraries want next to it. */
  tokenizerConfig?: object;
  /** Exactly the weights of `weightShapes(config)`. */
  weights: VariableValues;
  /** The optimizer's state; left out, the checkpoint can't be resumed from. */
  optimizer?: VariableValues;
  /** What else resuming needs, as JSON. */
  trainerState?: object;
  generation?: Partial<GenerationDefaults>;
}

export interface SaveOptions {
  /** Checkpoints to keep, the newest; those that `best` and `latest` name stay besides. @default all */
  keep?: number;
  /** Whether this is the best so far. @default false */
  best?: boolean;
  /** The `model_type` to save it as. @default the first family that can express the model */
  family?: string;
}

/**
 * Saves `checkpoint-<step>` in a run folder and names it in `latest`, and in `best` if asked. A reader, and a process
 * killed at any moment, finds every checkpoint whole; the disk has it before the name appears.
 *
 * @returns the checkpoint's folder.
 * @throws ConfigError if the family asked for can't express the model.
 * @throws CheckpointError if the content does not fit the config; FileError if it can't be written.
 */
export function saveCheckpoint(
  runFolder: string,
  content: CheckpointContent,
  { keep = Number.MAX_SAFE_INTEGER, best = false, family }: SaveOptions = {},
): string {
  requireInteger("step", content.step, 0, 999_999_999_999_999);
  requireInteger("keep", keep);
  const name = checkpointName(content.step);
  const folder = join(runFolder, name);
  const temporary = temporaryBeside(folder);
  try {
    makeFolder(runFolder);
    removeTemporaries(runFolder);
    settleReplacements(runFolder);
    mkdirSync(temporary);
    writeFiles(temporary, content, familyFor(content.config, family));
    placeCheckpoint(runFolder, content.step, temporary);
    replaceText(join(runFolder, "latest"), `${name}\n`);
    if (best) replaceText(join(runFolder, "best"), `${name}\n`);
    removeOld(runFolder, keep);
  } catch (error) {
    removeQuietly(temporary);
    const failure = asFileError(error, folder);
    throw failure instanceof FileError
      ? new FileError(`${folder} can't be saved: ${causeOf(failure)}`, { cause: error })
      : failure;
  }
  return folder;
}

function writeFiles(folder: string, content: CheckpointContent, family: Family): void {
  const { run, config, step, weights, optimizer, trainerState } = content;
  const digests: Record<string, FileDigest> = {};
  const writeJson = (name: string, value: object) => {
    const path = join(folder, name);
    digests[name] = writeSynced(path, (write) => write(Buffer.from(exactJson(value, path))));
  };
  writeJson(files.config, configJson(family, config));
  writeJson(files.generation, toHfGeneration(content.generation ?? {}));
  writeJson(files.tokenizer, content.tokenizer);
  if (content.tokenizerConfig) writeJson(files.tokenizerConfig, content.tokenizerConfig);
  digests[files.weights] = writeWeights(join(folder, files.weights), { family, config, weights, step });
  if (trainerState) writeJson(files.trainerState, trainerState);
  if (optimizer) {
    const path = join(folder, files.optimizer);
    digests[files.optimizer] = writeFloats(path, optimizer, { step: String(step) });
  }
  writeJson(files.manifest, manifestJson({ ...digests }, { run, step }));
  syncFolder(folder);
}

function removeOld(runFolder: string, keep: number): void {
  const named = [readPointer(runFolder, "latest"), readPointer(runFolder, "best")];
  const newestFirst = checkpointSteps(runFolder).reverse();
  for (const step of newestFirst.slice(keep)) {
    if (!named.includes(step)) removeCheckpoint(runFolder, step);
  }
}
