import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { train } from "../../../src/jobs/train.js";
import type { TrainOptions } from "../../../src/jobs/trainOptions.js";
import type { Answer, TrialProgress, TrialWork } from "../../../src/lab/sweep/protocol.js";
import { startWorker } from "../../../src/lab/sweep/workerProcess.js";
import { appendMetrics, readMetrics } from "../../../src/runs/metrics.js";

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

/** Three finished trials that nobody is as good as. */
const better = [0.2, 0.4, 0.6, 0.8, 1].map((share) => ({ share, valLoss: 0 }));
const medianStop = { grace: 0, curves: [better, better, better] };

function work(given: Omit<TrialWork, "kind">, progress: TrialProgress[] = []): Promise<Answer> {
  return startWorker({ kind: "trial", ...given }, { threads: 1, onProgress: (each) => progress.push(each) }).answer;
}

it("stops a resumed trial where it stood when the rule stopped it, else after its next validation", async () => {
  const runs = [options(25), options(25), options(25)];
  const [stood, saved, killed] = runs as [TrainOptions, TrainOptions, TrainOptions];
  await interruptedAfter(5, stood);
  await interruptedAfter(7, saved); // past the validation of step 5, after which the rule let it go on
  await interruptedAfter(5, killed);
  appendMetrics(killed.out, { step: 6 }); // it went on, but was not saved again
  expect(await Promise.all(runs.map((options) => work({ options, medianStop })))).toEqual([
    { kind: "ended", status: "stopped", step: 5 },
    { kind: "ended", status: "stopped", step: 10 },
    { kind: "ended", status: "stopped", step: 10 },
  ]);
  expect(runs.map(({ out }) => readMetrics(out).at(-1)!.step)).toEqual([5, 10, 10]);
});

it("says no steps before it can estimate them, where time decides", async () => {
  const progress: TrialProgress[] = [];
  const answer = await work({ options: { ...options(), seconds: 0.3 } }, progress);
  expect(answer).toMatchObject({ kind: "ended", status: "done" });
  expect(progress.length).toBeGreaterThan(0);
  expect(Math.max(...progress.map(({ steps }) => steps))).toBeLessThan(1e5);
});
