import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { ModelConfig } from "../../config/model.js";
import { CheckpointError, HeedError, show } from "../../core/errors.js";
import { asFileError } from "../../core/files.js";
import type { JsonObject } from "../../core/strictJson.js";
import { readConfig } from "../../model/families/families.js";
import type { Shapes } from "../../model/families/family.js";
import type { VariableValues } from "../../model/variables.js";
import { weightShapes } from "../../model/weightShapes.js";
import { readWeights, stepIn } from "./familyWeights.js";
import { fromHfGeneration, type GenerationDefaults } from "./generationDefaults.js";
import { CheckpointFiles } from "./manifest.js";
import {
  checkpointFolder,
  checkpointName,
  checkpointSteps,
  files,
  type Pointer,
  readPointer,
  stepOf,
} from "./names.js";
import { readFloats } from "./safetensors.js";

export interface LoadOptions {
  /** Which checkpoint of a run folder; the latest where there is no best. @default "best" */
  prefer?: Pointer;
  /** Whether to load files that another program changed after heed saved them. @default false */
  trust?: boolean;
  /** What the checkpoint must fit to be resumed from; what resuming needs is then read too. @default undefined */
  resume?: Resuming;
}

/** A run, and what a checkpoint must hold for it to go on. */
export interface Resuming {
  /** The `id` of the run; undefined for one that an earlier heed began. */
  run: string | undefined;
  config: ModelConfig;
  /** The name and shape of all that the optimizer keeps for weights of these shapes. */
  stateShapes(weights: Shapes): Shapes;
}

export interface Checkpoint {
  folder: string;
  /** Weight updates done; undefined if another program saved it. */
  step: number | undefined;
  config: ModelConfig;
  /** Exactly the weights of `weightShapes(config)`, in that order. */
  weights: VariableValues;
  /** The value of tokenizer.json; undefined if another program saved none. */
  tokenizer: JsonObject | undefined;
  generation: Partial<GenerationDefaults>;
  /** What the user should know, a line each. */
  notes: string[];
}

/** A checkpoint to resume from. */
export interface ResumableCheckpoint extends Checkpoint {
  step: number;
  /** Exactly what {@link Resuming.stateShapes} lists, in that order. */
  optimizer: VariableValues;
  trainerState: JsonObject;
}

/**
 * Loads a checkpoint folder, or the best or latest of a run folder, or a model of another program in Hugging Face's layout. Sizes, hashes,
 * names, shapes and number types are checked before anything is allocated; nothing in the files is run.
 *
 * @throws CheckpointError naming the path, the rule and what was found.
 */
export function loadCheckpoint(path: string, options: LoadOptions & { resume: Resuming }): ResumableCheckpoint;
export function loadCheckpoint(path: string, options?: LoadOptions): Checkpoint;
export function loadCheckpoint(path: string, options: LoadOptions = {}): Checkpoint {
  try {
    const folder = findCheckpoint(path, options.prefer ?? "best");
    const there = new CheckpointFiles(folder, options);
    const checkpoint = readCheckpoint(there);
    return options.resume ? withTrainerState(there, checkpoint, options.resume) : checkpoint;
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
  const pointer = readPointer(path, prefer) ?? readPointer(path, "latest");
  // Whoever deletes the latest one goes on from the one before it.
  const isDeleted = prefer === "latest" && pointer !== undefined && !steps.includes(pointer);
  const named = (isDeleted ? undefined : pointer) ?? steps.at(-1) ?? pointer;
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

function readCheckpoint(folder: CheckpointFiles): Checkpoint {
  const { family, config, notes } = readConfig(folder.json(files.config), join(folder.folder, files.config));
  const { weights, step } = readWeights(folder, family, config);
  return {
    folder: folder.folder,
    step,
    config,
    weights,
    tokenizer: folder.has(files.tokenizer) ? folder.json(files.tokenizer) : undefined,
    generation: folder.has(files.generation) ? fromHfGeneration(folder.json(files.generation)) : {},
    notes: [...folder.notes, ...notes],
  };
}

function withTrainerState(folder: CheckpointFiles, checkpoint: Checkpoint, resume: Resuming): ResumableCheckpoint {
  const { step, config } = checkpoint;
  if (!folder.has(files.optimizer) || !folder.has(files.trainerState)) {
    throw new CheckpointError(
      `${folder.folder} must hold ${files.optimizer} and ${files.trainerState} to resume from: it does not (it still generates text)`,
    );
  }
  if (step === undefined) {
    throw new CheckpointError(
      `${folder.folder} must hold weights that heed saved to resume from: another program saved ${files.weights} (it still generates text)`,
    );
  }
  requireSameRun(folder, resume, config);
  const path = folder.check(files.optimizer);
  const expect = resume.stateShapes(weightShapes(config));
  const { values: optimizer, metadata } = readFloats([{ path }], path, { expect });
  const trainerState = folder.json(files.trainerState);
  requireSameStep(folder.folder, step, {
    [files.manifest]: folder.manifest?.step,
    [files.optimizer]: stepIn(metadata),
    [files.trainerState]: trainerState.step ?? "none",
    "the name of the folder": stepOf(basename(folder.folder).replace(".replaced", "")),
  });
  const unnamed = `${folder.folder}: nothing says whether it is of this run, which an earlier heed began without an id`;
  const notes = resume.run === undefined ? [...checkpoint.notes, unnamed] : checkpoint.notes;
  return { ...checkpoint, step, optimizer, trainerState, notes };
}

/** @throws CheckpointError if the checkpoint is one of another run or model. */
function requireSameRun(
  { folder, manifest }: CheckpointFiles,
  { run, config: own }: Resuming,
  config: ModelConfig,
): void {
  const remedy = "put the run's own checkpoint back, or delete this one to go on from an earlier one";
  if (manifest && manifest.run !== run) {
    const got = manifest.run === undefined ? "one of a run without an id" : `one of ${manifest.run}`;
    const rule = run === undefined ? "be of this run, which has no id" : `be of this run, ${run}`;
    throw new CheckpointError({ field: folder, rule, got, remedy });
  }
  const field = (Object.keys(own) as (keyof ModelConfig)[]).find((name) => own[name] !== config[name]);
  if (field === undefined) return;
  throw new CheckpointError(
    `${join(folder, files.config)}: ${field} must be as run.json says, ${show(own[field])}: got ${show(config[field])} (${remedy})`,
  );
}

/** @throws CheckpointError if a file is of another step than the weights. */
function requireSameStep(folder: string, step: number, others: Record<string, unknown>): void {
  const other = Object.entries(others).find(([, value]) => value !== undefined && value !== step);
  if (!other) return;
  throw new CheckpointError(
    `${folder} must be of one step: ${files.weights} is of step ${step}, ${other[0]} says ${show(other[1])} (copy it again, or choose another checkpoint)`,
  );
}
