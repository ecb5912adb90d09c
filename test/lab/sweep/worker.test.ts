import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { train } from "../../../src/jobs/train.js";
import type { TrainOptions } from "../../../src/jobs/trainOptions.js";
import { startWorker } from "../../../src/lab/sweep/workerProcess.js";
import type { TrialProgress, TrialTask, WorkerAnswer } from "../../../src/lab/sweep/workerProtocol.js";
import { readMetrics } from "../../../src/runs/metrics.js";

const root = mkdtempSync(join(tmpdir(), "heed-sweep-test-"));
afterAll(() => rmSync(root, { recursive: true }));

const text = join(root, "t.txt");
writeFileSync(text, "The cat sat on the mat. ".repeat(20));

const model = { contextLength: 8, hiddenDim: 8, numHeads: 1, numLayers: 1 };
const training = { batchSize: 2, evalEvery: 5, evalBatches: 1, saveEvery: 0 };

function options(steps?: number): TrainOptions {
  const out = mkdtempSync(join(root, "run-"));
  return { data: [text], backend: "cpu", out, model, training: { ...training, steps } };
}

/** Trains as a trial that is interrupted after `step`, which is saved. */
async function interruptedAfter(step: number, given: TrainOptions): Promise<void> {
  const stop = new AbortController();
  const onStep = (progress: { step: number }) => void (progress.step === step && stop.abort());
  await expect(train({ ...given, signal: stop.signal }, { onStep })).rejects.toThrow(`stopped after step ${step}`);
}

function work(given: Omit<TrialTask, "kind">, progress: TrialProgress[] = []): Promise<WorkerAnswer> {
  return startWorker({ kind: "trial", ...given }, { threads: 1, onProgress: (each) => progress.push(each) }).answer;
}

it("says the best loss of all validations, those before it was interrupted too", async () => {
  const given = options(25);
  await interruptedAfter(12, given);
  const known = readMetrics(given.out).map(({ valLoss }) => valLoss ?? Infinity);
  const progress: TrialProgress[] = [];
  expect(await work({ options: given }, progress)).toEqual({ kind: "done" });
  expect(progress[0]).toEqual({ step: 12, steps: 25, bestValLoss: Math.min(...(known as number[])) });
  expect(progress.at(-1)).toMatchObject({ step: 25, steps: 25 });
  expect(readMetrics(given.out).at(-1)!.step).toBe(25);
});
