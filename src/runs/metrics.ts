import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceText } from "../core/durableFiles.js";
import { CheckpointError } from "../core/errors.js";
import { isObject, type JsonObject } from "../core/strictJson.js";

export const metricsName = "metrics.jsonl";

/** What a line of metrics.jsonl says besides its step. */
export type MetricsLine = { step: number } & JsonObject;

/** Adds a line to a run's metrics. */
export function appendMetrics(runFolder: string, line: MetricsLine): void {
  appendFileSync(join(runFolder, metricsName), `${JSON.stringify(line)}\n`);
}

/**
 * A run's metrics, oldest first; none if there is no file yet. A last line that a killed process left half-written is
 * passed over.
 *
 * @throws CheckpointError naming a line that is not JSON with a step.
 */
export function readMetrics(runFolder: string): MetricsLine[] {
  const path = join(runFolder, metricsName);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1); // after the last newline: nothing, or half a line
  return lines.map((line, i) => parseLine(line, `${path} line ${i + 1}`));
}

/**
 * Drops what a run wrote after `step`, from which it resumes, and a half-written last line.
 *
 * @throws CheckpointError naming a line that is not JSON with a step.
 */
export function trimMetrics(runFolder: string, step: number): void {
  const kept = readMetrics(runFolder).filter((line) => line.step <= step);
  replaceText(join(runFolder, metricsName), kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

function parseLine(line: string, where: string): MetricsLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  if (isObject(value) && typeof value.step === "number") return value as MetricsLine;
  throw new CheckpointError(`${where} must be a JSON object with a step: got ${line.slice(0, 80)} (delete the line)`);
}
