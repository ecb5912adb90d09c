import { existsSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ModelConfig } from "../config/model.js";
import { removeQuietly, removeTemporaries, syncFolder, temporaryBeside } from "../core/durableFiles.js";
import { makeFolder, onFile } from "../core/files.js";
import type { VariableValues } from "../model/variables.js";
import { weightShapes } from "../model/weightShapes.js";
import { readFloats, writeFloats } from "./checkpoint/safetensors.js";

/** The folder of a run's snapshots: its weights alone, under heed's own names, after some steps. */
const folderOf = (runFolder: string) => join(runFolder, "snapshots");
const fileOf = (runFolder: string, step: number) => join(folderOf(runFolder), `step-${step}.safetensors`);

/**
 * Saves a run's weights after a step. A reader finds the file whole or not at all.
 *
 * @throws FileError if it can't be written
 */
export function saveSnapshot(runFolder: string, step: number, weights: VariableValues): void {
  const path = fileOf(runFolder, step);
  const temporary = temporaryBeside(path);
  makeFolder(folderOf(runFolder));
  try {
    writeFloats(temporary, weights, { step: String(step) });
    onFile(path, () => {
      renameSync(temporary, path);
      syncFolder(folderOf(runFolder));
    });
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

/** The steps of the snapshots in a run folder, rising. */
export function snapshotSteps(runFolder: string): number[] {
  const folder = folderOf(runFolder);
  if (!existsSync(folder)) return [];
  const names = onFile(folder, () => readdirSync(folder));
  const steps = names.map((name) => /^step-(0|[1-9]\d{0,14})\.safetensors$/.exec(name)?.[1]);
  return steps
    .filter((step) => step !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/**
 * The weights of a run after a step.
 *
 * @throws CheckpointError if the file is damaged, or not of a model of this config
 */
export function readSnapshot(runFolder: string, step: number, config: ModelConfig): VariableValues {
  const path = fileOf(runFolder, step);
  return readFloats([{ path }], path, { expect: weightShapes(config) }).values;
}

/**
 * Deletes the snapshots of steps after `step`, from which a run goes on, and what a killed process left unfinished; the
 * folder too if nothing is left in it.
 */
export function trimSnapshots(runFolder: string, step: number): void {
  const folder = folderOf(runFolder);
  if (!existsSync(folder)) return;
  removeTemporaries(folder);
  for (const later of snapshotSteps(runFolder).filter((one) => one > step)) {
    onFile(folder, () => rmSync(fileOf(runFolder, later)));
  }
  if (readdirSync(folder).length === 0) onFile(folder, () => rmdirSync(folder));
}
