import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ModelConfig } from "../../config/model.js";
import { CheckpointError, HeedError } from "../../core/errors.js";
import { asFileError } from "../../core/files.js";
import type { JsonObject } from "../../core/strictJson.js";
import { momentShapes } from "../../model/weightShapes.js";
import { fromHfConfig } from "./formats/hfConfig.js";
import { fromHfGeneration, type GenerationDefaults } from "./formats/hfGeneration.js";
import { type NamedFloats, readHfWeights } from "./formats/hfWeights.js";
import { CheckpointFiles } from "./manifest.js";
import { checkpointFolder, checkpointName, checkpointSteps, files, type Pointer, readPointer } from "./names.js";
import { readSafetensors } from "./safetensors.js";

export interface LoadOptions {
  /** Which checkpoint of a run folder; the latest where there is no best. @default "best" */
  prefer?: Pointer;
  /** Whether to read what resuming needs too. @default false */
  optimizer?: boolean;
}

export interface Checkpoint {
  folder: string;
  /** Weight updates done; undefined if another program saved it. */
  step: number | undefined;
  config: ModelConfig;
  /** Exactly the weights of `weightShapes(config)`, in that order. */
  weights: NamedFloats;
  /** The value of tokenizer.json; undefined if another program saved none. */
  tokenizer: JsonObject | undefined;
  generation: Partial<GenerationDefaults>;
}

/** A checkpoint to resume from. */
export interface ResumableCheckpoint extends Checkpoint {
  step: number;
  /** Exactly the moments of `momentShapes(config)`, in that order. */
  optimizer: NamedFloats;
  trainerState: JsonObject;
}

/**
 * Loads a checkpoint folder, or the best or latest of a run folder, or a GPT-2 in Hugging Face's layout. Sizes, hashes,
 * names, shapes and number types are checked before anything is allocated; nothing in the files is run.
 *
 * @throws CheckpointError naming the path, the rule and what was found; FileError if a file can't be read.
 */
export function loadCheckpoint(path: string, options: LoadOptions & { optimizer: true }): ResumableCheckpoint;
export function loadCheckpoint(path: string, options?: LoadOptions): Checkpoint;
export function loadCheckpoint(path: string, options: LoadOptions = {}): Checkpoint {
  try {
    const folder = findCheckpoint(path, options.prefer ?? "best");
    return readCheckpoint(new CheckpointFiles(folder), options.optimizer ?? false);
  } catch (error) {
    const failure = asFileError(error, path);
    if (failure instanceof HeedError) throw failure;
    throw new CheckpointError(`${path} can't be loaded: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * The checkpoint folder that `path` means: itself, or the one that a run folder names.
 *
 * @throws CheckpointError if there is none.
 */
export function findCheckpoint(path: string, prefer: Pointer = "best"): string {
  if (!existsSync(path))
    throw new CheckpointError(`${path} must be a run or a checkpoint: there is nothing of that name`);
  if (!statSync(path).isDirectory())
    throw new CheckpointError(`${path} must be the folder of a run or a checkpoint: got a file`);
  if (existsSync(join(path, files.config))) return path;
  const steps = checkpointSteps(path);
  // A process killed between placing a checkpoint and naming it leaves the newest one unnamed.
  const named = readPointer(path, prefer) ?? readPointer(path, "latest") ?? steps.at(-1);
  if (named === undefined) {
    throw new CheckpointError(
      `${path} must be a run or a checkpoint: it holds neither ${files.config} nor checkpoints`,
    );
  }
  if (!steps.includes(named)) {
    const others = steps.length > 0 ? steps.map(checkpointName).join(", ") : "none";
    throw new CheckpointError(
      `${path} must hold ${checkpointName(named)}, which it names: there are ${others} (name one of them)`,
    );
  }
  return checkpointFolder(path, named);
}

function readCheckpoint(folder: CheckpointFiles, forResuming: boolean): Checkpoint {
  const config = fromHfConfig(folder.json(files.config), join(folder.folder, files.config));
  requireSupported(folder);
  const { weights, step } = readHfWeights(folder.check(files.weights), config);
  const checkpoint: Checkpoint = {
    folder: folder.folder,
    step,
    config,
    weights,
    tokenizer: folder.has(files.tokenizer) ? folder.json(files.tokenizer) : undefined,
    generation: folder.has(files.generation) ? fromHfGeneration(folder.json(files.generation)) : {},
  };
  return forResuming ? withTrainerState(folder, checkpoint) : checkpoint;
}

function withTrainerState(folder: CheckpointFiles, checkpoint: Checkpoint): ResumableCheckpoint {
  const { step } = checkpoint;
  if (step === undefined || !folder.has(files.optimizer) || !folder.has(files.trainerState)) {
    throw new CheckpointError(
      `${folder.folder} must hold ${files.optimizer} and ${files.trainerState} to resume from: it does not (it still generates text)`,
    );
  }
  const { tensors } = readSafetensors(folder.check(files.optimizer), {
    expect: momentShapes(checkpoint.config),
    dtype: "F32",
  });
  return { ...checkpoint, step, optimizer: tensors, trainerState: folder.json(files.trainerState) };
}

function requireSupported(folder: CheckpointFiles): void {
  if (folder.has(files.weights)) return;
  for (const name of ["model.safetensors.index.json", "pytorch_model.bin"]) {
    if (folder.has(name)) {
      throw new CheckpointError(
        `${folder.folder} must hold its weights in one ${files.weights}: got ${name} (load it with transformers, then save_pretrained with a large max_shard_size)`,
      );
    }
  }
}
