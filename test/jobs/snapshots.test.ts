import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { type TrainListeners, train } from "../../src/jobs/train.js";
import type { TrainOptions } from "../../src/jobs/trainOptions.js";
import { Transformer } from "../../src/model/transformer.js";
import { loadCheckpoint } from "../../src/runs/checkpoint/load.js";
import { readSnapshot, snapshotSteps } from "../../src/runs/snapshots.js";
import { folderOf } from "../dataset/files.js";

let folder: string;
beforeEach(() => {
  folder = folderOf({ "text.txt": "The cat sat on the mat. ".repeat(40) });
});

function begin(name: string, options: Partial<TrainOptions> = {}, listeners?: TrainListeners) {
  const model = { numLayers: 1, hiddenDim: 4, numHeads: 2, contextLength: 4, positions: "none" } as const;
  const training = { batchSize: 2, steps: 9, snapshots: 5, saveEvery: 1, evalEvery: 0, ...options.training };
  const out = join(folder, name);
  return train(
    { backend: "cpu", data: [join(folder, "text.txt")], model, ...options, out, keep: 9, training },
    listeners,
  );
}

/** The bytes of each snapshot by its file's name. */
function bytesOf(run: string): Record<string, string> {
  const all = join(folder, run, "snapshots");
  return Object.fromEntries(readdirSync(all).map((name) => [name, readFileSync(join(all, name)).toString("hex")]));
}

it("are the weights before the first step, and after those of the schedule", async () => {
  const run = join(folder, "run");
  const atSaves: number[][] = [];
  await begin("run", {}, { onSave: () => atSaves.push(snapshotSteps(run)) });
  expect(snapshotSteps(run)).toEqual([0, 1, 2, 4, 9]);
  // A run resumed from a checkpoint has the snapshot of its step: it was there first.
  expect(atSaves.map((steps) => steps.at(-1))).toEqual([1, 2, 2, 4, 4, 4, 4, 4, 9]);
  const { config } = loadCheckpoint(run);
  for (const step of [1, 2, 4, 9]) {
    const { weights } = loadCheckpoint(join(run, `checkpoint-${step}`));
    for (const [name, { data }] of readSnapshot(run, step, config)) expect(data).toEqual(weights.get(name)!.data);
  }
  const untrained = new Transformer(config);
  for (const [name, { data }] of readSnapshot(run, 0, config)) expect(data).toEqual(untrained.read().get(name)!.data);
  untrained.dispose();
});

it("are the same, to the bit, if the run was stopped, and if it was killed after its last checkpoint", async () => {
  await begin("straight");
  const stop = new AbortController();
  const stopping = begin("stopped", { signal: stop.signal }, { onStep: ({ step }) => step === 3 && stop.abort() });
  await expect(stopping).rejects.toThrow("stopped after step 3");
  await train({ out: join(folder, "stopped"), resume: true });
  expect(bytesOf("stopped")).toEqual(bytesOf("straight"));

  const killed = join(folder, "killed");
  cpSync(join(folder, "straight"), killed, { recursive: true });
  for (const step of [4, 5, 6, 7, 8, 9]) rmSync(join(killed, `checkpoint-${step}`), { recursive: true });
  for (const pointer of ["latest", "best"]) writeFileSync(join(killed, pointer), "checkpoint-3\n");
  const kept = join(killed, "snapshots");
  for (const step of [4, 9]) writeFileSync(join(kept, `step-${step}.safetensors`), "of a run that took another way");
  writeFileSync(join(kept, "step-7.safetensors"), "of a longer schedule");
  await train({ out: killed, resume: true });
  expect(bytesOf("killed")).toEqual(bytesOf("straight"));
});

it("begin again if the run was killed before its first checkpoint", async () => {
  await begin("straight");
  const early = join(folder, "early");
  cpSync(join(folder, "straight"), early, { recursive: true });
  for (const name of readdirSync(early)) {
    if (/^(checkpoint|latest|best)/.test(name)) rmSync(join(early, name), { recursive: true });
  }
  rmSync(join(early, "snapshots", "step-0.safetensors"));
  await train({ out: early, resume: true });
  expect(bytesOf("early")).toEqual(bytesOf("straight"));
});

it("go on to a later last step, and can be asked for by a run that goes on", async () => {
  await begin("run", { training: { snapshots: 0 } });
  const out = join(folder, "run");
  expect(readdirSync(out)).not.toContain("snapshots");
  await train({ out, resume: true, training: { steps: 16, snapshots: 6 } });
  expect(snapshotSteps(out)).toEqual([16]); // 0, 1, 2, 4, 8 have gone by
  await train({ out, resume: true, training: { steps: 20, snapshots: 6 } });
  expect(snapshotSteps(out)).toEqual([16, 20]);
});

it("go with the run that --overwrite deletes", async () => {
  await begin("run");
  await begin("run", { overwrite: true, training: { snapshots: 0 } });
  expect(readdirSync(join(folder, "run"))).not.toContain("snapshots");
});
