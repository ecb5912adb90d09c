import { existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { readSnapshot, saveSnapshot, snapshotSteps, trimSnapshots } from "../../src/runs/snapshots.js";
import { folderOf } from "../dataset/files.js";
import { refusal } from "../support/refusal.js";
import { tinyConfig, tinyModel } from "../support/tinyModel.js";

let run: string;
beforeEach(() => {
  run = folderOf({});
});

it("gives back the weights of each step, and lists the steps as numbers rise", () => {
  expect(snapshotSteps(run)).toEqual([]);
  const model = tinyModel();
  const weights = model.read();
  for (const step of [0, 10, 9]) saveSnapshot(run, step, weights);
  expect(snapshotSteps(run)).toEqual([0, 9, 10]);
  expect(readdirSync(join(run, "snapshots")).sort()).toEqual([
    "step-0.safetensors",
    "step-10.safetensors",
    "step-9.safetensors",
  ]);
  const read = readSnapshot(run, 9, tinyConfig);
  expect([...read.keys()]).toEqual([...weights.keys()]);
  for (const [name, { data }] of weights) expect(read.get(name)!.data).toEqual(data);
  model.dispose();
});

it("drops what comes after a step, and what was left unfinished, and nothing of someone else's", () => {
  const model = tinyModel();
  for (const step of [0, 1, 5, 20]) saveSnapshot(run, step, model.read());
  model.dispose();
  writeFileSync(join(run, "snapshots", ".heed-tmp-1"), "half");
  trimSnapshots(run, 5);
  expect(snapshotSteps(run)).toEqual([0, 1, 5]);
  expect(readdirSync(join(run, "snapshots")).length).toBe(3);
  writeFileSync(join(run, "snapshots", "mine.txt"), "");
  trimSnapshots(run, -1);
  expect(readdirSync(join(run, "snapshots"))).toEqual(["mine.txt"]);
});

it("leaves no empty folder", () => {
  mkdirSync(join(run, "snapshots"));
  trimSnapshots(run, 3);
  expect(existsSync(join(run, "snapshots"))).toBe(false);
});

it("refuses a snapshot that is cut short, and one of another model", () => {
  const model = tinyModel();
  saveSnapshot(run, 1, model.read());
  model.dispose();
  const path = join(run, "snapshots", "step-1.safetensors");
  const wider = { ...tinyConfig, vocabSize: 8 };
  expect(refusal(() => readSnapshot(run, 1, wider))).toBe(
    `CheckpointError: ${path} does not hold what its configuration says: "tokens.weight" must have shape [8, 4]: got [7, 4]`,
  );
  truncateSync(path, 500);
  expect(refusal(() => readSnapshot(run, 1, tinyConfig))).toContain(`CheckpointError: ${path}`);
});
