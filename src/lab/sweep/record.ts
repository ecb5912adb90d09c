import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { digestFile, isTemporary, removeFolder, removeTemporaries, replaceText } from "../../core/durableFiles.js";
import { CheckpointError, ConfigError, DataError } from "../../core/errors.js";
import { readRegularFile } from "../../core/files.js";
import { isLock, lockFolder } from "../../core/folderLock.js";
import { isUnchanged } from "../../core/signature.js";
import { exactJson, parseJsonObject } from "../../core/strictJson.js";
import type { RunRecord } from "../../runs/runRecord.js";
import { versions } from "../../runs/versions.js";
import type { Asked } from "./options.js";
import type { Plan, Survey } from "./plan.js";
import { resultsName } from "./results.js";

const sweepName = "sweep.json";

/** Written into sweep.json, so that `overwrite` never takes another program's folder for a sweep. */
const format = "heed-sweep-1";

/** What sweep.json says: what was asked for, and the trials that follow from it. */
export interface SweepRecord extends Plan {
  asked: Asked;
  survey: Survey;
  /** Trials at a time, as the sweep began. */
  workers: number;
  /** Threads of each trial; with another number the last bits of a loss may differ. */
  threads: number;
  versions: RunRecord["versions"];
}

/** A sweep whose folder this process holds. */
export interface HeldSweep {
  record: SweepRecord;
  /** Lets other processes use the folder. */
  release(): void;
}

/**
 * Refuses a folder that `createSweep` would refuse, before long work is done for it.
 *
 * @throws CheckpointError if the folder holds a sweep and `overwrite` is not set, or holds anything else.
 */
export function requireFreeFolder(folder: string, overwrite: boolean): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory())
    throw new CheckpointError(`${folder} must be a folder: got a file (choose another name)`);
  if (existsSync(join(folder, sweepName))) {
    if (overwrite) return;
    throw new CheckpointError(
      `${folder} already holds a sweep (add --resume to continue it, or --overwrite to delete it and start anew)`,
    );
  }
  const files = readdirSync(folder).filter((name) => !isLock(name) && !isTemporary(name));
  if (files.length === 0) return;
  throw new CheckpointError(
    `${folder} must be a new or empty folder, or that of a sweep: it holds ${files[0]} and no ${sweepName} (choose another folder)`,
  );
}

/**
 * Holds a sweep's folder and writes `record` to sweep.json. An earlier sweep there is deleted: its trials, results,
 * sweep.json and, where nobody changed it, its report, and nothing else.
 *
 * @throws CheckpointError if the folder is in use.
 */
export function createSweep(folder: string, made: Omit<SweepRecord, "versions">, overwrite: boolean): HeldSweep {
  mkdirSync(folder, { recursive: true });
  const { release } = lockFolder(folder);
  try {
    requireFreeFolder(folder, overwrite);
    if (existsSync(join(folder, sweepName))) removeSweep(folder);
    mkdirSync(join(folder, "trials"), { recursive: true });
    const path = join(folder, sweepName);
    const record = { ...made, versions: versions() };
    replaceText(path, exactJson({ format, ...record }, path));
    return { record, release };
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Holds the folder of an earlier sweep, to go on with it.
 *
 * @throws CheckpointError if the folder holds no sweep or is in use.
 */
export function openSweep(folder: string): HeldSweep {
  const record = readSweep(folder);
  const { release } = lockFolder(folder);
  removeTemporaries(folder);
  return { record, release };
}

/**
 * What sweep.json in `folder` says.
 *
 * @throws CheckpointError if there is none, or it is damaged.
 */
export function readSweep(folder: string): SweepRecord {
  const path = join(folder, sweepName);
  if (!existsSync(path)) {
    throw new CheckpointError(
      `${folder} must be the folder of a sweep: it has no ${sweepName} (leave out --resume to start one there)`,
    );
  }
  const { format: found, ...record } = parseJsonObject(readRegularFile(path), path);
  if (found !== format) throw new CheckpointError(`${path}: format must be "${format}": got ${JSON.stringify(found)}`);
  return record as unknown as SweepRecord;
}

/** Deletes what sweeps write, sweep.json last, without which the rest would be a folder of unknown files. */
function removeSweep(folder: string): void {
  const { trials } = readSweep(folder);
  removeTemporaries(folder);
  rmSync(join(folder, resultsName), { force: true });
  removeReport(folder);
  for (const { run } of trials) if (existsSync(join(folder, run))) removeFolder(join(folder, run));
}

/** Deletes the files of a report that nobody changed. */
function removeReport(folder: string): void {
  const pictures = join(folder, "pictures");
  const drawn = existsSync(pictures) ? readdirSync(pictures).map((name) => join(pictures, name)) : [];
  for (const path of [join(folder, "report.html"), join(folder, "report.md"), ...drawn]) {
    if (existsSync(path) && statSync(path).isFile() && isUnchanged(readFileSync(path, "utf8"))) rmSync(path);
  }
  if (drawn.length > 0 && readdirSync(pictures).length === 0) rmdirSync(pictures);
}

/** @throws DataError naming a text that is not the one the sweep began with. */
export function requireSameTexts({ survey }: SweepRecord): void {
  for (const { path, sha256 } of survey.files) {
    if (existsSync(path) && digestFile(path).sha256 === sha256) continue;
    const is = existsSync(path) ? "its hash is another" : "there is none of that name";
    throw new DataError(
      `${path} must be the text that the sweep began with: ${is} (put it back, or start a new sweep)`,
    );
  }
}

/**
 * What is asked of a resumed sweep may only repeat what sweep.json says.
 *
 * @throws ConfigError listing every field that differs.
 */
export function requireSameAsked({ asked: there }: SweepRecord, here: Asked): void {
  const differs = (given: object, known: object) =>
    Object.entries(given).flatMap(([field, value]) => {
      const [was, is] = [(known as Record<string, unknown>)[field], value].map((each) => JSON.stringify(each));
      return was === is ? [] : [`${field}: ${was ?? "nothing"} in the sweep, ${is} asked for`];
    });
  const { model, training, ...others } = here;
  const all = [...differs(others, there), ...differs(model, there.model), ...differs(training, there.training)];
  if (all.length === 0) return;
  throw new ConfigError(
    `resume must keep the sweep's settings:\n  ${all.join("\n  ")}\n(leave these flags out, or start a new sweep with another --out)`,
  );
}
