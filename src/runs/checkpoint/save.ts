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
import { momentShapes } from "../../model/weightShapes.js";
import { toHfConfig } from "./formats/hfConfig.js";
import { type GenerationDefaults, toHfGeneration } from "./formats/hfGeneration.js";
import { type NamedFloats, requireComplete, writeHfWeights } from "./formats/hfWeights.js";
import {
  checkpointName,
  checkpointSteps,
  files,
  placeCheckpoint,
  readPointer,
  removeCheckpoint,
  settleReplacements,
} from "./names.js";
import { type SavedTensor, writeSafetensors } from "./safetensors.js";

/** What a checkpoint holds. */
export interface CheckpointContent {
  /** Weight updates done. */
  step: number;
  config: ModelConfig;
  /** The value of tokenizer.json. */
  tokenizer: object;
  /** The value of tokenizer_config.json, which Hugging Face's libraries want beside it. */
  tokenizerConfig?: object;
  /** Exactly the weights of `weightShapes(config)`. */
  weights: NamedFloats;
  /** Exactly the moments of `momentShapes(config)`; left out, the checkpoint can't be resumed from. */
  optimizer?: NamedFloats;
  /** What else resuming needs, as JSON. */
  trainerState?: object;
  generation?: Partial<GenerationDefaults>;
}

export interface SaveOptions {
  /** Checkpoints to keep, the newest; those that `best` and `latest` name stay besides. @default all */
  keep?: number;
  /** Whether this is the best so far. @default false */
  best?: boolean;
}

/**
 * Saves `checkpoint-<step>` in a run folder and names it in `latest`, and in `best` if told. A reader, and a process
 * killed at any moment, finds every checkpoint whole; the disk has it before the name appears.
 *
 * @returns the checkpoint's folder.
 * @throws CheckpointError if the content does not fit the config; FileError if it can't be written.
 */
export function saveCheckpoint(
  runFolder: string,
  content: CheckpointContent,
  { keep = Number.MAX_SAFE_INTEGER, best = false }: SaveOptions = {},
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
    writeFiles(temporary, content);
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

function writeFiles(folder: string, content: CheckpointContent): void {
  const { config, step, optimizer, trainerState } = content;
  const digests: Record<string, FileDigest> = {};
  const writeJson = (name: string, value: object) => {
    const path = join(folder, name);
    digests[name] = writeSynced(path, (write) => write(Buffer.from(exactJson(value, path))));
  };
  writeJson(files.config, toHfConfig(config));
  writeJson(files.generation, toHfGeneration(content.generation ?? {}));
  writeJson(files.tokenizer, content.tokenizer);
  if (content.tokenizerConfig) writeJson(files.tokenizerConfig, content.tokenizerConfig);
  digests[files.weights] = writeHfWeights(join(folder, files.weights), config, content.weights, step);
  if (trainerState) writeJson(files.trainerState, trainerState);
  if (optimizer) {
    requireComplete(momentShapes(config), optimizer, "optimizer");
    const tensors = [...optimizer].map(([name, t]): [string, SavedTensor] => [name, { dtype: "F32", ...t }]);
    digests[files.optimizer] = writeSafetensors(join(folder, files.optimizer), new Map(tensors));
  }
  writeJson(files.manifest, { format: 1, files: { ...digests } });
  syncFolder(folder);
}

function removeOld(runFolder: string, keep: number): void {
  const named = [readPointer(runFolder, "latest"), readPointer(runFolder, "best")];
  const newestFirst = checkpointSteps(runFolder).reverse();
  for (const step of newestFirst.slice(keep)) {
    if (!named.includes(step)) removeCheckpoint(runFolder, step);
  }
}
