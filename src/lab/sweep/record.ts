import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { modelConfig } from "../../config/model.js";
import { trainingConfig } from "../../config/training.js";
import { digestFile, isTemporary, removeFolder, removeTemporaries, replaceText } from "../../core/durableFiles.js";
import { CheckpointError, ConfigError, DataError } from "../../core/errors.js";
import { makeFolder, readRegularFile } from "../../core/files.js";
import { isLock, lockFolder } from "../../core/folderLock.js";
import {
  aCount,
  anObject,
  aPositiveCount,
  aSha256,
  aString,
  inside,
  type JsonPlace,
  listOf,
  objectOf,
  objectWith,
  oneOf,
  optional,
  type Parse,
} from "../../core/parse.js";
import { isUnchanged } from "../../core/signature.js";
import { exactJson, type JsonObject, parseJsonObject } from "../../core/strictJson.js";
import { configBy, type RunRecord } from "../../runs/runRecord.js";
import { versions } from "../../runs/versions.js";
import type { Asked } from "./options.js";
import type { Plan, SweepSurvey, Trial } from "./planTrials.js";
import { namesIn, parseRequest } from "./request.js";
import { resultsName } from "./trialResults.js";
import type { TrialSettings } from "./trialSettings.js";

const sweepName = "sweep.json";

/** Written into sweep.json, so that `overwrite` never takes another program's folder for a sweep. */
const format = "heed-sweep-1";

/** What sweep.json says: what was asked for, and the trials that follow from it. */
export interface SweepRecord extends Plan {
  asked: Asked;
  survey: SweepSurvey;
  /** How its trials read several texts; sweeps of older versions do not say. */
  reading?: "each";
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
export function createSweep(
  folder: string,
  made: Omit<SweepRecord, "reading" | "versions">,
  overwrite: boolean,
): HeldSweep {
  makeFolder(folder);
  const { release } = lockFolder(folder);
  try {
    requireFreeFolder(folder, overwrite);
    if (existsSync(join(folder, sweepName))) removeSweep(folder);
    makeFolder(join(folder, "trials"));
    const path = join(folder, sweepName);
    const record: SweepRecord = { ...made, reading: "each", versions: versions() };
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
 * @throws CheckpointError if the folder holds no sweep that this version can go on with, or is in use.
 */
export function openSweep(folder: string): HeldSweep {
  requireSweep(folder);
  const { release } = lockFolder(folder);
  try {
    const where = join(folder, sweepName);
    const record = parseSweep(readSweepJson(folder), { where, field: "" });
    requireSameReading(record, where);
    removeTemporaries(folder);
    return { record, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** @throws CheckpointError if the sweep's trials held out a share of all texts together, which new ones would not. */
function requireSameReading({ reading, survey, asked }: SweepRecord, where: string): void {
  const texts = survey.files.filter(({ split }) => split === "train").length;
  if (reading !== undefined || texts < 2 || asked.valData !== undefined) return;
  throw new CheckpointError({
    where,
    field: "reading",
    rule: "say that a share of each text is held out",
    got: `none, and ${texts} texts`,
    remedy: "start a new sweep, or resume with the version of heed that began it",
  });
}

/** What a sweep tried, also one of an older version. */
export interface SweepOutline extends Pick<Plan, "skipped"> {
  /** The run folders of its trials, in the sweep's. */
  runs: string[];
  /** What every trial could use: `tokens=2M`. */
  budget?: string;
  /** Settings of which only the best value counts. */
  bestOf: string[];
}

/**
 * What sweep.json in `folder` says of its trials; nothing where there is none.
 *
 * @throws CheckpointError if it is damaged.
 */
export function readSweepOutline(folder: string): SweepOutline {
  const path = join(folder, sweepName);
  if (!existsSync(path)) return { runs: [], skipped: [], bestOf: [] };
  const { asked, trials, skipped } = parseOutline(readSweepJson(folder), { where: path, field: "" });
  const { budget, bestOf = [] } = asked as Pick<Asked, "budget" | "bestOf">;
  return {
    runs: trials.map(({ run }) => run),
    skipped,
    budget: typeof budget === "object" ? Object.entries(budget)[0]?.join("=") : budget,
    bestOf: namesIn(bestOf),
  };
}

function requireSweep(folder: string): void {
  if (existsSync(join(folder, sweepName))) return;
  throw new CheckpointError(
    `${folder} must be the folder of a sweep: it has no ${sweepName} (leave out --resume to start one there)`,
  );
}

function readSweepJson(folder: string): JsonObject {
  requireSweep(folder);
  const path = join(folder, sweepName);
  const { format: found, ...record } = parseJsonObject(readRegularFile(path), path);
  oneOf([format])(found, { where: path, field: "format" });
  return record;
}

const settings = anObject as Parse<TrialSettings>;

/** A trial's folder, which must lie in the sweep's: what is deleted follows from it. */
const runName: Parse<string> = (value, place) => {
  const run = aString(value, place);
  if (/^trials\/(?!\.)[^/\\]+$/.test(run)) return run;
  throw new CheckpointError({ ...place, rule: "name a folder in trials/", value });
};

const skippedList = listOf(objectOf<Plan["skipped"][number]>({ settings, reason: aString }));

const parseOutline = objectWith<{ asked: JsonObject; trials: { run: string }[]; skipped: Plan["skipped"] }>({
  asked: anObject,
  trials: listOf(objectWith<{ run: string }>({ run: runName })),
  skipped: skippedList,
});

const parseSweep = objectOf<SweepRecord>({
  asked: parseAsked,
  survey: objectOf<SweepSurvey>({
    backend: aString as Parse<SweepSurvey["backend"]>,
    reason: aString,
    vocabSize: aPositiveCount,
    tokens: objectOf<SweepSurvey["tokens"]>({ train: aCount, validation: aCount }),
    files: listOf(objectOf<SweepSurvey["files"][number]>({ path: aString, sha256: aSha256, split: aString })),
    notes: listOf(aString),
  }),
  reading: optional(oneOf(["each"])),
  workers: aPositiveCount,
  threads: aPositiveCount,
  trials: listOf(
    objectOf<Trial>({
      trial: aPositiveCount,
      run: runName,
      settings,
      seed: aCount,
      model: configBy((given, where) => modelConfig(given as { vocabSize: number }, where)),
      training: configBy(trainingConfig),
    }),
  ),
  skipped: skippedList,
  notes: listOf(aString),
  versions: objectWith<RunRecord["versions"]>({ heed: aString, tfjs: aString, node: aString }),
});

function parseAsked(value: unknown, place: JsonPlace): Asked {
  const asked = anObject(value, place);
  for (const field of ["lrRule", "medianStop"]) {
    if (asked[field] === undefined) continue;
    throw new CheckpointError({
      ...inside(place, field),
      rule: "be absent, as sweeps no longer have it",
      value: asked[field],
      remedy: "start a new sweep, or resume with the version of heed that began it",
    });
  }
  const given = { model: {}, training: {}, ...asked } as Asked;
  try {
    parseRequest(given);
  } catch (error) {
    throw error instanceof ConfigError ? new CheckpointError(`${place.where}: ${error.message}`) : error;
  }
  return given;
}

/** Deletes what sweeps write, sweep.json last, without which the rest would be a folder of unknown files. */
function removeSweep(folder: string): void {
  const { runs } = readSweepOutline(folder);
  removeTemporaries(folder);
  rmSync(join(folder, resultsName), { force: true });
  removeReport(folder);
  for (const run of runs) if (existsSync(join(folder, run))) removeFolder(join(folder, run));
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
