import { existsSync } from "node:fs";
import { join } from "node:path";
import { digestFile } from "../../core/durableFiles.js";
import { CheckpointError } from "../../core/errors.js";
import { checkpointFolder, checkpointSteps, files } from "../../runs/checkpoint/names.js";
import { type MetricsLine, metricsName, readMetrics } from "../../runs/metrics.js";
import { readRun } from "../../runs/runFolder.js";
import type { RunRecord } from "../../runs/runRecord.js";

/** A line of metrics.jsonl, as a report uses it. */
export interface MetricsPoint {
  step: number;
  tokens: number;
  /** Seconds since training began. */
  elapsed: number;
  /** Loss of one batch, in nats per token. */
  trainLoss: number;
  tokensPerSecond: number;
  /** In nats per token, on the steps that validate. */
  valLoss?: number;
}

/** A run folder, read and checked. */
export interface ReportRun {
  /** As it was named. */
  folder: string;
  record: RunRecord;
  /** Rising in step; not empty. */
  points: MetricsPoint[];
  /** The file that holds its tokenizer; undefined before the first checkpoint. */
  tokenizer?: { path: string; sha256: string };
  /** What repeats it, where its sweep says so. */
  command?: string;
  /** What its sweep let every trial use, where it did: `tokens=2M`. */
  budget?: string;
  /** Why it ended early, where its sweep says so. */
  ended?: string;
}

export const isRun = (folder: string): boolean => existsSync(join(folder, "run.json"));

/** Whether every step that was asked for is done. */
export const isFinished = ({ points, record }: ReportRun): boolean => points.at(-1)!.step >= record.training.steps;

/**
 * What run.json and metrics.jsonl of a run say.
 *
 * @throws CheckpointError if one of them is missing or damaged, or a finished run has no validation loss.
 */
export function readReportRun(folder: string): ReportRun {
  const record = readRun(folder);
  const points = readMetrics(folder).map((line, i) => pointOf(line, `${join(folder, metricsName)} line ${i + 1}`));
  if (points.length === 0) {
    throw new CheckpointError(
      `${folder} must have lines in ${metricsName} to be compared: it has none (train it first, or leave it out)`,
    );
  }
  const run: ReportRun = { folder, record, points, tokenizer: tokenizerOf(folder) };
  if (isFinished(run) && points.at(-1)!.valLoss === undefined) {
    throw new CheckpointError(
      `${folder} must have a validation loss to be compared: its ${metricsName} ends without one ` +
        "(train it with --val-data or a --val-fraction above 0, or leave it out)",
    );
  }
  return run;
}

function pointOf(line: MetricsLine, where: string): MetricsPoint {
  const { step, tokens, elapsed, trainLoss, tokensPerSecond, valLoss } = line;
  const numbers = { step, tokens, elapsed, trainLoss, tokensPerSecond, ...(valLoss !== undefined && { valLoss }) };
  for (const [field, value] of Object.entries(numbers)) {
    if (typeof value === "number" && Number.isFinite(value)) continue;
    throw new CheckpointError(`${where}: ${field} must be a number: got ${JSON.stringify(value)} (delete the line)`);
  }
  return numbers as unknown as MetricsPoint;
}

function tokenizerOf(folder: string): ReportRun["tokenizer"] {
  const step = checkpointSteps(folder).at(-1);
  if (step === undefined) return undefined;
  const path = join(checkpointFolder(folder, step), files.tokenizer);
  if (!existsSync(path)) return undefined;
  return { path, sha256: digestFile(path).sha256 };
}
