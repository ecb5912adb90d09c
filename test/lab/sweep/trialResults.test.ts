import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { Results, readResults } from "../../../src/lab/sweep/trialResults.js";
import { parameterCounts, trainingFlopsPerToken } from "../../../src/model/count.js";
import { someRecord } from "../../runs/checkpoint/support.js";
import { refusal } from "../../support/refusal.js";
import { asked, plan, survey } from "./support.js";

const root = mkdtempSync(join(tmpdir(), "heed-sweep-test-"));
afterAll(() => rmSync(root, { recursive: true }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, "sweep-"));
});

const options = { grid: "heads=1,2", model: { hiddenDim: 12, contextLength: 8 }, training: { steps: 20 } };
const sweep = { asked: asked(options), survey, threads: 3 };
const { trials } = plan(options);
const [first, second] = trials as [(typeof trials)[0], (typeof trials)[0]];

/** A run folder that trained for 20 steps, with these validation losses every fifth. */
function makeRun(run: string, valLosses: number[], record: object = { training: { steps: 20, warmup: 2 } }): void {
  rmSync(join(folder, run), { recursive: true, force: true });
  mkdirSync(join(folder, run), { recursive: true });
  writeFileSync(join(folder, run, "run.json"), JSON.stringify({ format: "heed-run-1", ...someRecord, ...record }));
  for (const [i, valLoss] of valLosses.entries()) {
    const step = 5 * (i + 1);
    const line = {
      step,
      tokens: 96 * step,
      trainLoss: valLoss - 0.5,
      valLoss,
      elapsed: 0.3 * step,
      tokensPerSecond: 7,
    };
    appendFileSync(join(folder, run, "metrics.jsonl"), `${JSON.stringify(line)}\n`);
  }
}

const lines = () => readFileSync(join(folder, "results.jsonl"), "utf8");

it("takes a trial's figures from its run folder, and nothing that depends on time", () => {
  makeRun(second.run, [3, 2.25, 2.25, 2.5]);
  const results = new Results(folder, sweep);
  const { total, withoutEmbedding } = parameterCounts(second.model);
  const result = {
    trial: 2,
    run: "trials/heads=2,seed=1337",
    settings: { heads: 2 },
    seed: 1337,
    status: "done",
    steps: 20,
    tokens: 1920,
    flops: 1920 * trainingFlopsPerToken(second.model),
    parameters: total,
    parametersWithoutEmbedding: withoutEmbedding,
    finalValLoss: 2.5,
    bestValLoss: 2.25,
    bestStep: 10,
    finalTrainLoss: 2,
    command:
      "npx heed train --data t.txt --heads 2 --dim 12 --context 8 --steps 20 --backend cpu --threads 3 " +
      '--out "models/heads=2,seed=1337"',
  };
  expect(results.done(second)).toEqual(result);
  expect(lines()).toBe(`${JSON.stringify(result)}\n`);
});

it("keeps results in the order of the trials, and finds them again; what failed is open, and its line stays", () => {
  makeRun(first.run, [3, 2, 2, 2]);
  makeRun(second.run, [3, 2, 1, 0.5]);
  const results = new Results(folder, sweep);
  results.done(second);
  results.done(first);
  expect(readResults(folder).map(({ trial, status, steps }) => [trial, status, steps])).toEqual([
    [1, "done", 20],
    [2, "done", 20],
  ]);
  const before = lines();
  const again = new Results(folder, sweep);
  expect([again.has(first), again.has(second)]).toEqual([true, true]);
  again.failed(second, "it broke");
  expect(readResults(folder)[1]).toEqual({
    trial: 2,
    run: second.run,
    settings: { heads: 2 },
    seed: 1337,
    status: "failed",
    parameters: results.all[1]!.parameters,
    parametersWithoutEmbedding: results.all[1]!.parametersWithoutEmbedding,
    error: "it broke",
    command: results.all[1]!.command,
  });
  const third = new Results(folder, sweep);
  expect([third.has(first), third.has(second)]).toEqual([true, false]);
  third.done(first);
  expect(readResults(folder)[1]!.error).toBe("it broke");
  third.failed(second, "it broke again");
  expect(third.has(second)).toBe(true);
  third.done(second);
  expect(lines()).toBe(before);
});

it("refuses a run that lacks its last step, and a results.jsonl that is not its own", () => {
  makeRun(first.run, [3, 2, 1]);
  const results = new Results(folder, sweep);
  const run = join(folder, first.run);
  expect(refusal(() => results.done(first))).toBe(
    `CheckpointError: ${run}: its metrics must end with step 20: got 15 (delete the folder, and resume)`,
  );
  expect(results.has(first)).toBe(false);
  const line = {
    trial: 1,
    run: "trials/a",
    settings: {},
    seed: 1,
    status: "done",
    parameters: 9,
    parametersWithoutEmbedding: 9,
  };
  const path = join(folder, "results.jsonl");
  const wrong: [object, string][] = [
    [{ run: 7 }, "run must be a string: got 7"],
    [{ status: "odd" }, 'status must be one of done, failed: got "odd"'],
    [{ settings: [] }, "settings must be an object: got []"],
    [{ seed: "1" }, 'seed must be a whole number of at least 0: got "1"'],
    [{ bestValLoss: "9" }, 'bestValLoss must be a number: got "9"'],
  ];
  for (const [fields, message] of wrong) {
    writeFileSync(path, `${JSON.stringify(line)}\n${JSON.stringify({ ...line, ...fields })}\n`);
    expect(refusal(() => new Results(folder, sweep))).toBe(
      `CheckpointError: ${path} line 2: ${message} (delete the line)`,
    );
  }
  writeFileSync(path, "{\n");
  expect(refusal(() => new Results(folder, sweep))).toBe(
    `CheckpointError: ${path} line 1 must be an object: got undefined (delete the line)`,
  );
});

it("names in a command what all trials share and what is the trial's own", () => {
  const given = {
    data: ["it's mine.txt", "b.txt"],
    valData: ["v.txt"],
    tokenizer: "word",
    unknownToken: true,
    compiled: false,
    xla: "off" as const,
    model: { contextLength: 8 },
    training: { steps: 500, warmup: 7 },
  };
  const [trial] = plan({ ...given, seeds: [4, 5] }).trials;
  expect(new Results(folder, { ...sweep, asked: asked(given) }).failed(trial!, "it broke").command).toBe(
    'npx heed train --data "it\'s mine.txt" b.txt --val-data v.txt --tokenizer word --unknown-token ' +
      "--context 8 --steps 500 --warmup 7 --seed 4 --backend cpu --threads 3 --no-compile --xla off --out models/seed=4",
  );
});
