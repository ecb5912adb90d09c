import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { Trial } from "../../../src/lab/sweep/plan.js";
import { curveOf, Results, readResults, type TrialResult } from "../../../src/lab/sweep/results.js";
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
    ...{ trial: 2, run: "trials/heads=2,seed=1337", settings: { heads: 2 }, seed: 1337, status: "done", steps: 20 },
    ...{ tokens: 1920, flops: 1920 * trainingFlopsPerToken(second.model) },
    ...{ parameters: total, parametersWithoutEmbedding: withoutEmbedding },
    ...{ finalValLoss: 2.5, bestValLoss: 2.25, bestStep: 10, finalTrainLoss: 2 },
    command:
      "HEED_THREADS=3 npx heed train --data t.txt --heads 2 --dim 12 --context 8 --steps 20 --backend cpu " +
      "--out models/heads=2,seed=1337",
  };
  expect(results.ended(second, "done", 20)).toEqual(result);
  expect(lines()).toBe(`${JSON.stringify(result)}\n`);
  expect(curveOf(folder, results.all[0]!)).toEqual([
    { share: 0.25, valLoss: 3 },
    { share: 0.5, valLoss: 2.25 },
    { share: 0.75, valLoss: 2.25 },
    { share: 1, valLoss: 2.5 },
  ]);
});

it("keeps results in the order of the trials, and finds them again; what failed is open, and its line stays", () => {
  makeRun(first.run, [3, 2]);
  makeRun(second.run, [3, 2, 1, 0.5]);
  const results = new Results(folder, sweep);
  results.ended(second, "done", 20);
  results.ended(first, "stopped", 10);
  expect(readResults(folder).map(({ trial, status, steps }) => [trial, status, steps])).toEqual([
    [1, "stopped", 10],
    [2, "done", 20],
  ]);
  const before = lines();
  const again = new Results(folder, sweep);
  expect([again.has(first), again.has(second)]).toEqual([true, true]);
  again.failed(second, "it broke");
  expect(readResults(folder)[1]).toEqual({
    ...{ trial: 2, run: second.run, settings: { heads: 2 }, seed: 1337, status: "failed" },
    ...{
      parameters: results.all[1]!.parameters,
      parametersWithoutEmbedding: results.all[1]!.parametersWithoutEmbedding,
    },
    ...{ error: "it broke", command: results.all[1]!.command },
  });
  const third = new Results(folder, sweep);
  expect([third.has(first), third.has(second)]).toEqual([true, false]);
  third.ended(first, "stopped", 10);
  expect(readResults(folder)[1]!.error).toBe("it broke");
  third.failed(second, "it broke again");
  expect(third.has(second)).toBe(true);
  third.ended(second, "done", 20);
  expect(lines()).toBe(before);
});

it("refuses a run that lacks its last step, and a results.jsonl that is not its own", () => {
  makeRun(first.run, [3, 2, 1]);
  const results = new Results(folder, sweep);
  const run = join(folder, first.run);
  expect(refusal(() => results.ended(first, "done", 20))).toBe(
    `CheckpointError: ${run}: its metrics must end with step 20: got 15 (delete the folder, and resume)`,
  );
  expect(results.has(first)).toBe(false);
  writeFileSync(join(folder, "results.jsonl"), '{"trial":1,"run":"trials/a"}\n{"run":"x"}\n');
  expect(refusal(() => new Results(folder, sweep))).toBe(
    `CheckpointError: ${join(folder, "results.jsonl")} line 2 must be a JSON object with a trial and its run: got {"run":"x"} (delete the line)`,
  );
});

it("names in a command what all trials share and what is the trial's own", () => {
  const given = {
    ...{ data: ["it's mine.txt", "b.txt"], valData: ["v.txt"], tokenizer: "word", unknownToken: true },
    ...{ compiled: false, xla: "off" as const, model: { contextLength: 8 }, training: { steps: 500, warmup: 7 } },
  };
  const [trial] = plan({ ...given, seeds: [4, 5] }).trials;
  expect(new Results(folder, { ...sweep, asked: asked(given) }).failed(trial!, "it broke").command).toBe(
    "HEED_THREADS=3 npx heed train --data 'it'\\''s mine.txt' b.txt --val-data v.txt --tokenizer word --unknown-token " +
      "--context 8 --steps 500 --warmup 7 --seed 4 --backend cpu --no-compile --xla off --out models/seed=4",
  );
});

describe("where time decides the steps, a command names", () => {
  const command = (end: (results: Results, trial: Trial) => TrialResult, record: object, warmup?: number) => {
    const timed = { ...options, budget: "seconds=30", training: { warmup } };
    const [trial] = plan(timed).trials;
    makeRun(trial!.run, [3, 2, 1, 0.5], record); // 20 steps in 6 seconds
    const results = new Results(folder, { ...sweep, asked: asked(timed) });
    const head = "HEED_THREADS=3 npx heed train --data t.txt --heads 1 --dim 12 --context 8 ";
    const tail = " --backend cpu --out models/heads=1,seed=1337";
    return end(results, trial!).command?.replace(head, "").replace(tail, "");
  };
  const done = (results: Results, trial: Trial) => results.ended(trial, "done", 20);
  const stopped = (results: Results, trial: Trial) => results.ended(trial, "stopped", 20);

  it("those of a trial that is done", () => {
    expect(command(done, { training: { steps: 20, warmup: 2 } })).toBe("--steps 20");
    expect(command(done, { training: { steps: 20, warmup: 7 } }, 7)).toBe("--steps 20 --warmup 7");
  });

  it("as many as a trial would have had that was stopped", () => {
    const training = { steps: 1e9, warmup: 100 };
    expect(command(stopped, { seconds: 30, warmupShare: 0.1, training })).toBe("--steps 100");
    expect(command(stopped, { seconds: 30, training: { ...training, warmup: 7 } }, 7)).toBe("--steps 100 --warmup 7");
  });

  it("nothing of one that failed: there is none", () => {
    expect(command((results, trial) => results.failed(trial, "it broke"), {})).toBe(undefined);
  });
});
