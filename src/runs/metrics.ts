import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { replaceText } from "../core/durableFiles.js";
import { CheckpointError } from "../core/errors.js";
import { onFile, readRegularFile } from "../core/files.js";
import { aNumber, objectWith, type Parse } from "../core/parse.js";
import { isObject, parseJson } from "../core/strictJson.js";

export const metricsName = "metrics.jsonl";

/** A line of metrics.jsonl. */
export interface MetricsLine {
  step: number;
  /** Tokens trained on so far. */
  tokens?: number;
  /** Loss of the step's batch, in nats per token. */
  trainLoss?: number;
  /** Loss of the held-out text, on the steps that validate. */
  valLoss?: number;
  learningRate?: number;
  gradNorm?: number;
  tokensPerSecond?: number;
  /** Seconds of training so far. */
  elapsed?: number;
}

/** JSON has no infinity: a speed of no measurable time stands in the file as null. */
const figure: Parse<number | undefined> = (value, place) =>
  value === undefined || value === null ? undefined : aNumber(value, place);

const parseFigures = objectWith<MetricsLine>({
  step: aNumber,
  tokens: figure,
  trainLoss: figure,
  valLoss: figure,
  learningRate: figure,
  gradNorm: figure,
  tokensPerSecond: figure,
  elapsed: figure,
});

/**
 * Adds a line to a run's metrics.
 *
 * @throws FileError if the disk takes no more, or the folder is gone.
 */
export function appendMetrics(runFolder: string, line: MetricsLine): void {
  const path = join(runFolder, metricsName);
  onFile(path, () => appendFileSync(path, `${JSON.stringify(line)}\n`));
}

/**
 * A run's metrics, oldest first; none if there is no file yet. A last line that a killed process left half-written is
 * passed over.
 *
 * @throws CheckpointError naming a line that is not JSON with a step, or a field that is no number.
 */
export function readMetrics(runFolder: string): MetricsLine[] {
  const path = join(runFolder, metricsName);
  return readLines(path).map((line, i) => parseLine(line, `${path} line ${i + 1}`));
}

/**
 * Drops what a run wrote after `step`, from which it resumes, and a half-written last line.
 *
 * @throws CheckpointError naming a line that is not JSON with a step, or a field that is no number.
 */
export function trimMetrics(runFolder: string, step: number): void {
  const steps = readMetrics(runFolder).map((line) => line.step);
  const path = join(runFolder, metricsName);
  const kept = readLines(path).filter((_, i) => steps[i]! <= step);
  replaceText(path, kept.map((line) => `${line}\n`).join(""));
}

function readLines(path: string): string[] {
  if (!existsSync(path)) return [];
  return readRegularFile(path).toString().split("\n").slice(0, -1); // after the last newline: nothing, or half a line
}

function parseLine(line: string, where: string): MetricsLine {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch {
    value = undefined;
  }
  if (isObject(value) && typeof value.step === "number") {
    return parseFigures(value, { where, field: "", remedy: "delete the line" });
  }
  throw new CheckpointError(`${where} must be a JSON object with a step: got ${line.slice(0, 80)} (delete the line)`);
}
