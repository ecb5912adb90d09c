import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { digestFile } from "../../../src/core/durableFiles.js";
import { lockFolder } from "../../../src/core/folderLock.js";
import { withSignature } from "../../../src/core/signature.js";
import type { SweepOptions } from "../../../src/lab/sweep/options.js";
import { createSweep, openSweep } from "../../../src/lab/sweep/record.js";
import { sweep } from "../../../src/lab/sweep/sweep.js";
import { startWorker } from "../../../src/lab/sweep/workerProcess.js";
import { refusal } from "../../support/refusal.js";
import { asked, plan, survey } from "./support.js";

const root = mkdtempSync(join(tmpdir(), "heed-sweep-test-"));
afterAll(() => rmSync(root, { recursive: true }));

const text = join(root, "t.txt");
writeFileSync(text, "The cat sat on the mat. ".repeat(50));
let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(root, "sweep-")), "out");
});

const shape = { contextLength: 8, hiddenDim: 12 };
const options = { data: [text], grid: "heads=1,2", seeds: "2", model: shape, training: { steps: 20 } };

function create(overwrite = false): void {
  const files = [{ path: text, sha256: digestFile(text).sha256, split: "train" }];
  const record = { asked: asked(options), survey: { ...survey, files }, ...plan(options), workers: 2, threads: 1 };
  createSweep(folder, record, overwrite).release();
}

/** The kind and the text of the error with which a sweep is refused. */
async function refused(given: Partial<SweepOptions>): Promise<string> {
  const error = await sweep({ out: folder, ...given }).then(
    () => undefined,
    (error: Error) => error,
  );
  return `${error?.name}: ${error?.message}`;
}

it("is refused where it would meet other files", async () => {
  writeFileSync(folder, "");
  expect(await refused(options)).toBe(`CheckpointError: ${folder} must be a folder: got a file (choose another name)`);
  rmSync(folder);
  create();
  expect(await refused(options)).toBe(
    `CheckpointError: ${folder} already holds a sweep (add --resume to continue it, or --overwrite to delete it and start anew)`,
  );
  rmSync(join(folder, "sweep.json"));
  expect(await refused({ ...options, overwrite: true })).toBe(
    `CheckpointError: ${folder} must be a new or empty folder, or that of a sweep: it holds trials and no sweep.json (choose another folder)`,
  );
});

it("is resumed only from a sweep, as it was asked for", async () => {
  const resume = true;
  expect(await refused({ resume })).toBe(
    `CheckpointError: ${folder} must be the folder of a sweep: it has no sweep.json (leave out --resume to start one there)`,
  );
  create();
  expect(await refused({ resume, overwrite: true })).toBe(
    "ConfigError: resume and overwrite can't both be set (--resume goes on, --overwrite starts anew)",
  );
  const other = { grid: "heads=1", seeds: "2", model: { hiddenDim: 24 }, training: { steps: 30 } };
  expect(await refused({ resume, ...other })).toBe(
    `ConfigError: resume must keep the sweep's settings:
  grid: "heads=1,2" in the sweep, "heads=1" asked for
  hiddenDim: 12 in the sweep, 24 asked for
  steps: 20 in the sweep, 30 asked for
(leave these flags out, or start a new sweep with another --out)`,
  );
  expect(await refused({ resume, workers: 0 })).toBe(
    "ConfigError: workers must be a whole number from 1 to 1024: got 0",
  );
  writeFileSync(join(folder, "sweep.json"), '{ "format": "mine" }');
  expect(await refused({ resume })).toBe(
    `CheckpointError: ${join(folder, "sweep.json")}: format must be one of heed-sweep-1: got "mine"`,
  );
});

it("is resumed only with the texts it began with", async () => {
  const signal = AbortSignal.abort(); // nothing is trained
  create();
  expect(await refused({ resume: true, signal, ...options })).toBe(
    "InterruptedError: stopped: 0 of 4 trials have ended, the others are saved as far as they are",
  );
  const before = "The cat sat on the mat. ".repeat(50);
  writeFileSync(text, `${before} `);
  expect(await refused({ resume: true, signal })).toBe(
    `DataError: ${text} must be the text that the sweep began with: its hash is another (put it back, or start a new sweep)`,
  );
  rmSync(text);
  expect(await refused({ resume: true, signal })).toBe(
    `DataError: ${text} must be the text that the sweep began with: there is none of that name (put it back, or start a new sweep)`,
  );
  writeFileSync(text, before);
});

it("of several texts is not resumed where it held out a share of all of them together", () => {
  create();
  const path = join(folder, "sweep.json");
  const { reading, ...record } = JSON.parse(readFileSync(path, "utf8"));
  expect(reading).toBe("each");
  const [file] = record.survey.files;
  const two = { ...record, survey: { ...record.survey, files: [file, file] } };
  writeFileSync(path, JSON.stringify(record));
  openSweep(folder).release();
  writeFileSync(path, JSON.stringify(two));
  expect(refusal(() => openSweep(folder))).toBe(
    `CheckpointError: ${path}: reading must say that a share of each text is held out: got none, and 2 texts (start a new sweep, or resume with the version of heed that began it)`,
  );
  writeFileSync(path, JSON.stringify({ ...two, reading }));
  openSweep(folder).release(); // so the refusal let go of the folder
});

it("says that more workers than it began with share the threads", async () => {
  create();
  const notes = async (workers: number) => {
    const all: string[] = [];
    const resumed = sweep(
      { out: folder, resume: true, workers, signal: AbortSignal.abort() },
      { onPlan: ({ notes }) => all.push(...notes) },
    );
    await expect(resumed).rejects.toThrow("stopped: 0 of 4 trials");
    return all;
  };
  vi.stubEnv("HEED_THREADS", "3");
  expect(await notes(3)).toEqual([]);
  expect(await notes(4)).toEqual(["4 workers with 1 thread each share 3: fewer --workers may be faster"]);
  vi.unstubAllEnvs();
});

it("counts a trial that failed before as one that is left", async () => {
  create();
  const counts = { parameters: 9, parametersWithoutEmbedding: 9 };
  const failed = {
    trial: 1,
    run: "trials/a",
    settings: {},
    seed: 1337,
    ...counts,
    status: "failed",
    error: "it broke",
  };
  const done = { trial: 2, run: "trials/b", settings: {}, seed: 1337, ...counts, status: "done" };
  writeFileSync(join(folder, "results.jsonl"), `${JSON.stringify(failed)}\n${JSON.stringify(done)}\n`);
  const planned: object[] = [];
  const resumed = sweep(
    { out: folder, resume: true, signal: AbortSignal.abort() },
    { onPlan: ({ results }) => planned.push(...results) },
  );
  await expect(resumed).rejects.toThrow(/^stopped: 1 of 4 trials have ended, the others are saved as far as they are$/);
  expect(planned).toEqual([done]);
});

it("holds its folder, and deletes only what is its own", () => {
  create();
  const { record, release } = openSweep(folder);
  expect(record.trials.map(({ seed }) => seed)).toEqual([1337, 1337, 1338, 1338]);
  expect(refusal(() => openSweep(folder))).toMatch(/^CheckpointError: .* must not be in use: process \d+ uses it/);
  release();
  for (const name of [record.trials[0]!.run, "trials/mine"]) mkdirSync(join(folder, name), { recursive: true });
  mkdirSync(join(folder, "pictures"));
  const ours = ["report.html", "pictures/loss.svg"];
  for (const name of ours) writeFileSync(join(folder, name), withSignature("Trials"));
  writeFileSync(join(folder, "report.md"), `mine ${withSignature("Trials")}`); // changed
  writeFileSync(join(folder, "results.jsonl"), "");
  expect(refusal(() => create())).toMatch(/^CheckpointError: .* already holds a sweep/);
  expect(existsSync(join(folder, record.trials[0]!.run))).toBe(true);
  create(true);
  expect(readdirSync(join(folder, "trials"))).toEqual(["mine"]);
  expect(readdirSync(folder).sort()).toEqual(["report.md", "sweep.json", "trials"]);
  mkdirSync(join(folder, "pictures"));
  for (const name of [...ours, "pictures/mine.png"]) writeFileSync(join(folder, name), "mine");
  writeFileSync(join(folder, "pictures/mine.svg"), `${withSignature("Trials")} and mine`);
  create(true);
  expect(readdirSync(join(folder, "pictures")).sort()).toEqual(["loss.svg", "mine.png", "mine.svg"]);
  expect(readdirSync(folder).sort()).toEqual(["pictures", "report.html", "report.md", "sweep.json", "trials"]);
});

it.each([
  [{ trials: {} }, "trials must be a list: got {}"],
  [{ trials: [{ trial: 1, run: "../elsewhere" }] }, 'trials.0.run must name a folder in trials/: got "../elsewhere"'],
  [{ survey: [] }, "survey must be an object: got []"],
  [{ notes: [1] }, "notes.0 must be a string: got 1"],
  [{ workers: "2" }, 'workers must be a whole number of at least 1: got "2"'],
  [{ asked: { data: [text], grid: "heads=1,two" } }, 'heads must be a number: got "two"'],
  [
    { asked: { data: [text], grid: "heads=1,2", medianStop: true } },
    "asked.medianStop must be absent, as sweeps no longer have it: got true (start a new sweep, or resume with the version of heed that began it)",
  ],
])("refuses to go on with a sweep.json that says %j", (wrong, message) => {
  create();
  const path = join(folder, "sweep.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...wrong }));
  expect(refusal(() => openSweep(folder))).toBe(`CheckpointError: ${path}: ${message}`);
});

it("waits for a process that still trains in the folder of a trial, and says so", async () => {
  create();
  const trial = join(folder, "trials", "heads=1,seed=1337");
  mkdirSync(trial);
  const { release } = lockFolder(trial);
  const stop = new AbortController();
  const notes: string[] = [];
  const onNote = (line: string) => {
    notes.push(line);
    stop.abort();
  };
  await expect(sweep({ out: folder, resume: true, workers: 1, signal: stop.signal }, { onNote })).rejects.toThrow(
    /^stopped: 0 of 4 trials have ended, the others are saved as far as they are$/,
  );
  expect(notes.length).toBe(1);
  expect(notes[0]).toMatch(/^.*heads=1,seed=1337 must not be in use: process \d+ uses it/);
  release();
});

it("hands on what the survey of texts and backend refuses", async () => {
  const [gone, unvalidated] = await Promise.all([
    refused({ ...options, data: [join(root, "gone.txt")] }),
    refused({ ...options, valFraction: 0, bestOf: "heads", backend: "cpu" }),
  ]);
  expect(gone).toBe(`DataError: data file must exist: got "${join(root, "gone.txt")}" (check the path)`);
  expect(unvalidated).toBe(
    "ConfigError: bestOf needs a text to validate on: got none (set valFraction above 0, or valData)",
  );
  expect(existsSync(folder)).toBe(false);
});

it("says how a worker ended that did not answer", async () => {
  const worker = startWorker({ kind: "survey", options: { out: folder, ...options } }, { threads: 1 });
  worker.kill();
  await expect(worker.answer).rejects.toThrow(/^its process was killed \(if memory ran out, use fewer --workers\)$/);
});
