import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, it } from "vitest";
import { loadCheckpoint } from "../../../src/runs/checkpoint/checkpoint.js";
import { checkpointFolder, checkpointSteps, readPointer } from "../../../src/runs/checkpoint/names.js";
import { readMetrics } from "../../../src/runs/metrics.js";
import { createRun, openRun } from "../../../src/runs/runFolder.js";
import { content, plain, resume } from "./content.js";
import { someRecord, temporaryFolder } from "./support.js";

it("a process killed at any moment leaves a run whose every checkpoint is whole, and that resumes at once", async () => {
  const folder = temporaryFolder();
  createRun(folder, someRecord).release();
  const moments = fc.sample(fc.record({ saves: fc.integer({ min: 1, max: 3 }), delay: fc.nat(20) }), {
    numRuns: 8,
    seed: 7,
  });
  let step = 0;
  for (const { saves, delay } of moments) {
    const saver = fork(fileURLToPath(new URL("killedSaver.ts", import.meta.url)), [folder, "save"], {
      execArgv: ["--import", "tsx"],
    });
    const ended = once(saver, "exit");
    for (let saved = 0; saved < saves; saved++) {
      expect(await Promise.race([once(saver, "message"), ended])).toEqual([expect.any(Number), undefined]);
    }
    await new Promise((resolve) => setTimeout(resolve, delay)); // milliseconds: somewhere in the next save
    saver.kill("SIGKILL");
    expect(await ended).toEqual([null, "SIGKILL"]);
    step = checkRun(folder, step + saves);
  }
  openRun(folder).release();
}, 120_000);

/** Every checkpoint holds what was saved as its step, and none is lost. Gives the latest's step, at least `least`. */
function checkRun(folder: string, least: number): number {
  const steps = checkpointSteps(folder);
  const latest = loadCheckpoint(folder, { prefer: "latest", resume });
  expect(latest.step).toBeGreaterThanOrEqual(least);
  expect(latest.step).toBeGreaterThanOrEqual(steps.at(-1)! - 1);
  for (const step of steps) {
    const there = loadCheckpoint(checkpointFolder(folder, step), { resume });
    const saved = content(step);
    expect([there.step, there.trainerState]).toEqual([step, saved.trainerState]);
    expect(plain(there.weights)).toEqual(plain(saved.weights));
    expect(plain(there.optimizer)).toEqual(plain(saved.optimizer!));
  }
  const best = readPointer(folder, "best");
  if (best !== undefined) expect([best % 4, steps.includes(best)]).toEqual([0, true]);
  const metrics = readMetrics(folder).map((line) => line.step);
  expect(metrics).toEqual(metrics.map((_, i) => i + 1));
  expect(metrics.length).toBeGreaterThanOrEqual(latest.step);
  return latest.step;
}
