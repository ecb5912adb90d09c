import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, expect, it } from "vitest";
import { analyze } from "../../../src/lab/compare/analysis.js";
import { findRuns } from "../../../src/lab/compare/findRuns.js";
import { reportFolder } from "../../../src/lab/compare/report.js";
import { resultTable } from "../../../src/lab/compare/resultTables.js";
import { factsOf, findings } from "../../../src/lab/compare/words.js";
import { refusal } from "../../support/refusal.js";
import { type FakeRun, fakeRun } from "./fakeRun.js";
import { runFolders } from "./support.js";

const { remove, folder } = runFolders();
afterAll(remove);

interface Trial {
  name: string;
  settings?: object;
  /** None for a trial that left no folder. */
  run?: FakeRun;
  /** Its line in results.jsonl. */
  result?: object;
}

let count = 0;

/** A sweep's folder as `heed sweep` leaves it. */
function sweepOf(trials: Trial[], { asked = {}, skipped = [] as object[] } = {}): string {
  const sweep = join(folder, `sweep-${++count}`);
  mkdirSync(join(sweep, "trials"), { recursive: true });
  for (const { name, run } of trials) if (run) fakeRun(join(sweep, "trials", name), run);
  const lines = trials.flatMap(({ name, result }, i) =>
    result
      ? [
          {
            trial: i + 1,
            run: `trials/${name}`,
            settings: {},
            seed: 1,
            parameters: 9,
            parametersWithoutEmbedding: 9,
            ...result,
          },
        ]
      : [],
  );
  if (lines.length > 0)
    writeFileSync(join(sweep, "results.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const named = trials.map(({ name, settings }, i) => ({ trial: i + 1, run: `trials/${name}`, settings }));
  const record = { format: "heed-sweep-1", asked: { model: {}, training: {}, ...asked }, trials: named, skipped };
  writeFileSync(join(sweep, "sweep.json"), JSON.stringify(record));
  return sweep;
}

it("reads the trials of a sweep, and what the sweep says of them", async () => {
  const sweep = sweepOf(
    [
      {
        name: "heads=2",
        run: { model: { numHeads: 2 } },
        result: { status: "done", command: "heed train --threads 1" },
      },
      { name: "heads=10", run: { model: { numHeads: 16 }, stoppedAt: 40 }, result: { status: "stopped" } },
      {
        name: "heads=1",
        run: { model: { numHeads: 1 }, stoppedAt: 70 },
        result: { status: "failed", error: "the loss is NaN" },
      },
      {
        name: "heads=4",
        run: { model: { numHeads: 4 }, stoppedAt: 0 },
        result: { status: "failed", error: "out of memory" },
      },
      { name: "heads=8", run: { stoppedAt: 0 } },
      { name: "heads=16" },
    ],
    { asked: { budget: { tokens: 60 } }, skipped: [{ settings: { heads: 3 }, reason: "16 is not divisible by 3" }] },
  );
  const { runs, failures, notes } = await analyze([sweep]);
  expect(runs.map((run) => relative(join(sweep, "trials"), run.folder))).toEqual(["heads=1", "heads=2", "heads=10"]);
  expect(runs[1]).toMatchObject({ command: "heed train --threads 1", budget: "tokens=60" });
  expect(failures).toEqual([{ name: "heads=4", error: "out of memory" }]);
  expect(notes.map((note) => note.replaceAll(sweep, "SWEEP"))).toEqual([
    "SWEEP: 2 of 6 trials have not begun.",
    "SWEEP: 1 setting could not be tried, for instance heads=3: 16 is not divisible by 3.",
    "SWEEP/trials/heads=1 stands at step 66 of 100 (the loss is NaN): its curve is shown, but it counts in no mean.",
    "SWEEP/trials/heads=10 stands at step 33 of 100: its curve is shown, but it counts in no mean.",
  ]);
});

it("compares only the best value of the settings that the sweep was told to", async () => {
  const trials = [1, 2].flatMap((heads) =>
    [0.001, 0.01].map((lr) => ({
      name: `heads=${heads},lr=${lr}`,
      run: {
        model: { numHeads: heads },
        training: { learningRate: lr },
        losses: [3, heads === 1 ? lr * 100 : 2 - lr * 100], // 1 head does better at 0.001, 2 at 0.01
      },
    })),
  );
  const analysis = await analyze([sweepOf(trials, { asked: { bestOf: "lr" } })]);
  const { groups, every, keys, chosen, notes } = analysis;
  expect(resultTable(analysis).rows.map(({ cells }) => cells.slice(0, 2))).toEqual([
    ["1", "0.001"],
    ["2", "0.01"],
  ]);
  expect(factsOf(analysis)).toContainEqual(["the same for all", "layers 1, dim 16, context 8, batch 4, steps 100"]);
  expect([keys, chosen]).toEqual([["heads"], ["lr"]]);
  expect(groups.map(({ label, settings }) => [label, settings.lr])).toEqual([
    ["heads 1", 0.001],
    ["heads 2", 0.01],
  ]);
  expect(every).toHaveLength(4);
  expect(notes).toEqual([
    "Of lr (0.001 and 0.01) only the value with the smallest mean best loss counts, for each combination of the other " +
      "settings: the runs with the others are left out.",
  ]);
});

it("chooses no value that lacks seeds which others have, and says so", async () => {
  const trials = [
    ...[1.5, 1.6, 1.7].map((loss, i) => [0.001, i + 1, loss] as const),
    ...[1.55].map((loss, i) => [0.1, i + 1, loss] as const),
  ].map(([learningRate, seed, loss]) => ({
    name: `lr=${learningRate},seed=${seed}`,
    run: { training: { learningRate, seed }, losses: [3, loss] },
  }));
  const chosen = await analyze([sweepOf(trials, { asked: { bestOf: "lr" } })]);
  expect(chosen.groups.map(({ settings }) => settings.lr)).toEqual([0.001]);
  expect(chosen.notes[1]).toBe("Not taken for the best lr, as others have more seeds finished: “lr 0.1” (1 seed).");
  const compared = await analyze([sweepOf(trials)]);
  expect(compared.best!.settings.lr).toBe(0.1);
  expect(compared.notes).toEqual(["Of fewer seeds than others, so the mean says less: “lr 0.1” (1 seed)."]);
  expect(findings(compared)[0]).toBe("Lowest final validation loss: lr 0.1: 1.5500 nats per token (one seed).");
});

it("names the best of runs of one seed each, and lists the others by their loss", async () => {
  const runs = [
    ["far", { hiddenDim: 64, numHeads: 1 }, 3],
    ["best", { hiddenDim: 32, numHeads: 2 }, 1],
    ["near", { hiddenDim: 16, numHeads: 4 }, 2],
  ] as const;
  const folders = runs.map(([name, model, loss]) =>
    fakeRun(join(folder, `one-seed-${name}`), { model, losses: [4, loss] }),
  );
  const analysis = await analyze(folders);
  expect(resultTable(analysis).rows.map(({ cells, kind }) => [cells[0], kind])).toEqual([
    ["32", "best"],
    ["16", undefined],
    ["64", undefined],
  ]);
  expect(findings(analysis)[0]).toBe(
    "Lowest final validation loss: dim 32, heads 2: 1.0000 nats per token (one seed).",
  );
});

it("sorts by the mean loss, also settings that lack seeds", async () => {
  const trials = [
    { name: "a", run: { model: { numHeads: 1 }, training: { seed: 1 }, losses: [3, 2] } },
    { name: "b", run: { model: { numHeads: 1 }, training: { seed: 2 }, losses: [3, 2.2] } },
    { name: "c", run: { model: { numHeads: 2, hiddenDim: 32 }, training: { seed: 1 }, losses: [3, 1] } },
  ];
  const analysis = await analyze([sweepOf(trials)]);
  expect(resultTable(analysis).rows.map(({ cells, kind }) => [...cells.slice(0, 3), kind])).toEqual([
    ["32", "2", "1", "best"],
    ["16", "1", "2", undefined],
  ]);
});

it("reads a sweep of an older version, whose trials a time or the others could end", async () => {
  const sweep = sweepOf(
    [
      { name: "a", run: { training: { seed: 1 } }, result: { status: "done" } },
      { name: "b", run: { training: { seed: 2 }, stoppedAt: 50 }, result: { status: "stopped" } },
    ],
    { asked: { lrRule: "width", medianStop: true, budget: "tokens=60" } },
  );
  const { groups, notes } = await analyze([sweep]);
  expect(groups.map(({ finished }) => finished.length)).toEqual([1]);
  expect(notes).toEqual([
    `${join(sweep, "trials", "b")} stands at step 33 of 100: its curve is shown, but it counts in no mean.`,
  ]);
});

it("reads a sweep that has no sweep.json and no results.jsonl", async () => {
  const sweep = sweepOf([{ name: "a", run: {} }]);
  rmSync(join(sweep, "sweep.json"));
  expect((await analyze([sweep])).runs).toHaveLength(1);
});

it("counts a run once that is named twice, by itself or with its sweep", () => {
  const sweep = sweepOf([{ name: "a", run: {} }]);
  expect(findRuns([sweep, `${sweep}/`, join(sweep, "trials", "a"), `${sweep}/./trials/a/`]).runs).toHaveLength(1);
});

it("refuses what is no run, and a sweep without a trial that has begun", () => {
  const sweep = sweepOf([{ name: "a", run: { stoppedAt: 0 } }]);
  expect(refusal(() => findRuns([sweep]))).toBe(
    `CheckpointError: ${sweep} must hold a trial that has begun: there is none yet (wait for its first figures)`,
  );
  const ended = sweepOf([
    { name: "a", result: { status: "failed", error: "out of memory" } },
    { name: "b", run: { stoppedAt: 0 }, result: { status: "failed", error: "the loss is NaN" } },
  ]);
  expect(refusal(() => findRuns([ended]))).toBe(
    `CheckpointError: ${ended} must hold a trial that left figures: 2 trials failed, the first with: out of memory (see to that, then heed sweep --resume tries again)`,
  );
  expect(refusal(() => findRuns([]))).toBe("ConfigError: runs must name at least one run or sweep folder: got none");
  expect(refusal(() => findRuns([folder]))).toBe(
    `CheckpointError: ${folder} must be the folder of a run or of a sweep: it has no run.json and no trials (leave it out)`,
  );
});

it("says why something is no run", () => {
  const file = join(folder, "notes.txt");
  writeFileSync(file, "");
  expect(refusal(() => findRuns([file]))).toBe(
    `CheckpointError: ${file} must be the folder of a run or of a sweep: it is a file (leave it out)`,
  );
  expect(refusal(() => findRuns([`${file}.gone`]))).toContain(
    ".gone must be the folder of a run or of a sweep: there is nothing of that name (leave it out)",
  );
});

it("puts the report of one sweep into its folder, and others into models/report", () => {
  const sweep = sweepOf([]);
  expect(reportFolder([sweep])).toBe(sweep);
  expect(reportFolder([sweep, sweep])).toBe(join("models", "report"));
  expect(reportFolder([fakeRun(join(folder, "run"))])).toBe(join("models", "report"));
});
