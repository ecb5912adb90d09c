import { existsSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { removeFolder, syncFolder } from "../../core/durableFiles.js";
import { CheckpointError } from "../../core/errors.js";
import { readRegularFile } from "../../core/files.js";

/** The files of a checkpoint folder. */
export const files = {
  config: "config.json",
  generation: "generation_config.json",
  tokenizer: "tokenizer.json",
  tokenizerConfig: "tokenizer_config.json",
  weights: "model.safetensors",
  weightsIndex: "model.safetensors.index.json",
  trainerState: "trainer_state.json",
  optimizer: "optimizer.safetensors",
  manifest: "manifest.json",
} as const;

/** The small files of a run folder that name a checkpoint. */
export type Pointer = "latest" | "best";

/** Added to the name of a checkpoint while one of the same step takes its place. */
const replacedSuffix = ".replaced";

export function checkpointName(step: number): string {
  return `checkpoint-${step}`;
}

/** The steps of the checkpoints in a run folder, rising. */
export function checkpointSteps(runFolder: string): number[] {
  const steps = new Set<number>();
  for (const name of readdirSync(runFolder)) {
    const step = stepOf(name.endsWith(replacedSuffix) ? name.slice(0, -replacedSuffix.length) : name);
    if (step !== undefined) steps.add(step);
  }
  return [...steps].sort((a, b) => a - b);
}

/** 500 for `checkpoint-500`; undefined for any other text. */
export function stepOf(name: string): number | undefined {
  const step = /^checkpoint-(0|[1-9]\d{0,14})$/.exec(name)?.[1];
  return step === undefined ? undefined : Number(step);
}

/**
 * The step that `latest` or `best` names; undefined if there is no such file.
 *
 * @throws CheckpointError if the file holds anything but the name of a checkpoint.
 */
export function readPointer(runFolder: string, pointer: Pointer): number | undefined {
  const path = join(runFolder, pointer);
  if (!existsSync(path)) return undefined;
  const text = readRegularFile(path, { maxBytes: 10_000 }).toString().slice(0, 100);
  const step = stepOf(text.replace(/\n$/, ""));
  if (step === undefined) {
    throw new CheckpointError(
      `${path} must name a checkpoint, like checkpoint-500: got ${JSON.stringify(text)} (write the name of one that is there)`,
    );
  }
  return step;
}

/** The folder that holds the checkpoint of `step`: set aside, if a process was killed while it replaced it. */
export function checkpointFolder(runFolder: string, step: number): string {
  const folder = join(runFolder, checkpointName(step));
  return !existsSync(folder) && existsSync(folder + replacedSuffix) ? folder + replacedSuffix : folder;
}

/** Puts the finished folder `from` in the place of the checkpoint of `step`; one of the two is there at every moment. */
export function placeCheckpoint(runFolder: string, step: number, from: string): void {
  const folder = join(runFolder, checkpointName(step));
  if (existsSync(folder)) renameSync(folder, folder + replacedSuffix);
  renameSync(from, folder);
  syncFolder(runFolder);
  if (existsSync(folder + replacedSuffix)) removeFolder(folder + replacedSuffix);
}

/** Settles replacements that a killed process left half-way. */
export function settleReplacements(runFolder: string): void {
  for (const step of checkpointSteps(runFolder)) {
    const folder = join(runFolder, checkpointName(step));
    if (!existsSync(folder + replacedSuffix)) continue;
    if (existsSync(folder)) removeFolder(folder + replacedSuffix);
    else renameSync(folder + replacedSuffix, folder);
  }
}

/** Deletes a checkpoint, whole or set aside. */
export function removeCheckpoint(runFolder: string, step: number): void {
  const folder = join(runFolder, checkpointName(step));
  for (const path of [folder, folder + replacedSuffix]) {
    if (existsSync(path)) removeFolder(path);
  }
}
