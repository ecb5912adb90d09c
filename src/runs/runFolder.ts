import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isTemporary, removeTemporaries, replaceText, syncFolder } from "../core/durableFiles.js";
import { CheckpointError, TrainingError } from "../core/errors.js";
import { makeFolder, onFile, readRegularFile } from "../core/files.js";
import { isLock, lockFolder } from "../core/folderLock.js";
import { exactJson, type JsonObject, parseJsonObject } from "../core/strictJson.js";
import { checkpointSteps, removeCheckpoint, settleReplacements } from "./checkpoint/names.js";
import { metricsName } from "./metrics.js";
import { parseRunRecord, type RunRecord } from "./runRecord.js";
import { trimSnapshots } from "./snapshots.js";
import { isEventFile } from "./tensorboard/eventFile.js";

const runName = "run.json";

/** Written into run.json, so that `overwrite` never takes another program's folder for a run. */
const format = "heed-run-1";

/** A run folder that this process holds. */
export interface Run {
  folder: string;
  record: RunRecord;
  /**
   * Refuses to write to a folder that is no longer this run's: what is in it now must not be mixed with the run.
   *
   * @throws TrainingError if the folder was deleted or replaced, or another process has taken it over.
   */
  requireHeld(): void;
  /** Lets other processes use the folder. */
  release(): void;
}

/**
 * Makes a run folder, holds it and writes `run` to run.json. With `overwrite`, an earlier run there is deleted: its
 * checkpoints, snapshots, metrics, events and run.json, and nothing else.
 *
 * @throws CheckpointError if the folder holds a run and `overwrite` is not set, holds anything else, or is in use.
 */
export function createRun(folder: string, record: RunRecord, { overwrite = false }: { overwrite?: boolean } = {}): Run {
  return onFile(folder, () => {
    requireFolder(folder);
    makeFolder(folder);
    requireRunOrEmpty(folder);
    return holding(folder, () => {
      if (existsSync(join(folder, runName))) {
        if (!overwrite) throw alreadyThere(folder);
        removeRun(folder);
      }
      rewriteRun(folder, record);
      return record;
    });
  });
}

/**
 * Refuses a folder that `createRun` would refuse, before long work is done for it.
 *
 * @throws CheckpointError if the folder holds a run and `overwrite` is not set, or holds anything else.
 */
export function requireFreeFolder(folder: string, { overwrite = false }: { overwrite?: boolean } = {}): void {
  if (!existsSync(folder)) return;
  onFile(folder, () => {
    requireFolder(folder);
    requireRunOrEmpty(folder);
    if (existsSync(join(folder, runName)) && !overwrite) throw alreadyThere(folder);
  });
}

/**
 * Holds the folder of an earlier run, to resume it.
 *
 * @throws CheckpointError if the folder holds no run or is in use.
 */
export function openRun(folder: string): Run {
  return onFile(folder, () => {
    requireFolder(folder);
    const record = readRun(folder);
    return holding(folder, () => {
      removeTemporaries(folder);
      settleReplacements(folder);
      return record;
    });
  });
}

/**
 * What run.json of a run folder says.
 *
 * @throws CheckpointError if the folder holds no run, or a field of run.json breaks its rule.
 */
export function readRun(folder: string): RunRecord {
  return parseRunRecord(readRunJson(folder), join(folder, runName));
}

/** The value of run.json, without its format. */
function readRunJson(folder: string): JsonObject {
  const path = join(folder, runName);
  if (!existsSync(path)) {
    throw new CheckpointError(
      `${folder} must be the folder of a run: it has no ${runName} (leave out --resume to start a run there)`,
    );
  }
  const { format: found, ...run } = parseJsonObject(readRegularFile(path), path);
  if (found !== format) throw new CheckpointError(`${path}: format must be "${format}": got ${JSON.stringify(found)}`);
  return run;
}

/** Replaces run.json of a run that is held, for instance when it is resumed for more steps. */
export function rewriteRun(folder: string, record: RunRecord): void {
  replaceText(join(folder, runName), exactJson({ ...record, format }, join(folder, runName)));
}

/** Refuses a folder with someone's files before anything is written to it. */
function requireRunOrEmpty(folder: string): void {
  if (existsSync(join(folder, runName))) {
    readRunJson(folder);
    return;
  }
  const files = readdirSync(folder).filter((name) => !isLock(name) && !isTemporary(name));
  if (files.length === 0) return;
  throw new CheckpointError(
    `${folder} must be a new or empty folder, or that of a run: it holds ${files[0]} and no ${runName} (choose another folder)`,
  );
}

function requireFolder(folder: string): void {
  if (!existsSync(folder) || statSync(folder).isDirectory()) return;
  throw new CheckpointError(`${folder} must be a folder: got a file (choose another name)`);
}

function alreadyThere(folder: string): CheckpointError {
  return new CheckpointError(
    `${folder} already holds a run (add --resume to continue it, or --overwrite to delete it and start anew)`,
  );
}

/** Deletes what heed wrote but run.json, without which a process killed meanwhile would leave a folder of unknown files. */
function removeRun(folder: string): void {
  removeTemporaries(folder);
  const events = readdirSync(folder).filter(isEventFile);
  for (const name of ["latest", "best", metricsName, ...events]) rmSync(join(folder, name), { force: true });
  for (const step of checkpointSteps(folder)) removeCheckpoint(folder, step);
  trimSnapshots(folder, -1);
  syncFolder(folder);
}

/** Holds the folder of a run; an error of `prepare`, which gives its record, lets go of it. */
function holding(folder: string, prepare: () => RunRecord): Run {
  const { isHeld, release } = lockFolder(folder);
  const requireHeld = () => {
    if (isHeld() && existsSync(join(folder, runName))) return;
    throw new TrainingError(
      `${folder} must stay while the run trains: it was deleted, replaced or taken over by another process (what it holds now was left alone)`,
    );
  };
  try {
    return { folder, record: prepare(), requireHeld, release };
  } catch (error) {
    release();
    throw error;
  }
}
