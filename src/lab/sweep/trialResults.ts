import { existsSync } from "node:fs";
import { join } from "node:path";
import { replaceText } from "../../core/durableFiles.js";
import { CheckpointError } from "../../core/errors.js";
import { readRegularFile } from "../../core/files.js";
import { isObject, parseJson } from "../../core/strictJson.js";
import { trainCommand } from "../../jobs/trainCommand.js";
import { parameterCounts, trainingFlopsPerToken } from "../../model/count.js";
import { type MetricsLine, readMetrics } from "../../runs/metrics.js";
import type { Asked } from "./options.js";
import type { SweepSurvey, Trial } from "./planTrials.js";
import { trialOptions } from "./trialOptions.js";
import type { TrialSettings } from "./trialSettings.js";

export const resultsName = "results.jsonl";

/** How a trial ended: a line of results.jsonl. Nothing in it depends on time. Losses are in nats a token. */
export interface TrialResult {
  trial: number;
  /** Its run folder, in the sweep's. */
  run: string;
  settings: TrialSettings;
  seed: number;
  /** `failed` for the reason in `error`. */
  status: "done" | "failed";
  /** Done; absent, as all figures of the training, where it failed. */
  steps?: number;
  tokens?: number;
  /** Floating-point operations of the matrix products of its training. */
  flops?: number;
  parameters: number;
  parametersWithoutEmbedding: number;
  finalValLoss?: number;
  bestValLoss?: number;
  /** The step of `bestValLoss`. */
  bestStep?: number;
  finalTrainLoss?: number;
  error?: string;
  /**
   * What repeats the trial, in `models/`, as its own folder holds its run; `HEED_THREADS` makes its sums the same to the
   * last bit.
   */
  command: string;
}

/** The results of a sweep, which results.jsonl holds in the order of the trials. */
export class Results {
  private readonly byTrial = new Map<number, TrialResult>();
  /** Trials that failed in an earlier process, and are not tried again yet: their lines stay until then. */
  private readonly open: Set<number>;

  /** Begins with what results.jsonl in `folder` says. */
  constructor(
    private readonly folder: string,
    private readonly sweep: { asked: Asked; survey: SweepSurvey; threads: number },
  ) {
    for (const result of readResults(folder)) this.byTrial.set(result.trial, result);
    this.open = new Set(this.all.filter(({ status }) => status === "failed").map(({ trial }) => trial));
  }

  /** In the order of the trials. */
  get all(): TrialResult[] {
    return [...this.byTrial.values()].sort((a, b) => a.trial - b.trial);
  }

  /** Whether a trial is at its end: not if it failed in an earlier process. */
  has({ trial }: Pick<Trial, "trial">): boolean {
    return this.byTrial.has(trial) && !this.open.has(trial);
  }

  /**
   * Adds a trial that made all its steps, from what its run folder says.
   *
   * @throws CheckpointError if that is not all there.
   */
  done(trial: Trial): TrialResult {
    const folder = join(this.folder, trial.run);
    const { steps } = trial.training;
    const lines = readMetrics(folder);
    const last = lines.at(-1);
    if (last?.step !== steps) {
      throw new CheckpointError(
        `${folder}: its metrics must end with step ${steps}: got ${last?.step ?? "none"} (delete the folder, and resume)`,
      );
    }
    const { tokens } = last as { tokens: number } & MetricsLine;
    const best = bestOf(lines);
    return this.add({
      ...this.headOf(trial),
      status: "done",
      steps,
      tokens,
      flops: tokens * trainingFlopsPerToken(trial.model),
      ...countsOf(trial),
      finalValLoss: last.valLoss as number | undefined,
      ...(best && { bestValLoss: best.valLoss, bestStep: best.step }),
      finalTrainLoss: last.trainLoss as number,
      command: this.commandOf(trial),
    });
  }

  failed(trial: Trial, error: string): TrialResult {
    const command = this.commandOf(trial);
    return this.add({ ...this.headOf(trial), status: "failed", ...countsOf(trial), error, command });
  }

  private headOf({ trial, run, settings, seed }: Trial) {
    return { trial, run, settings, seed };
  }

  private commandOf(trial: Trial): string {
    const out = trial.run.replace(/^trials/, "models");
    return `HEED_THREADS=${this.sweep.threads} ${trainCommand({ ...trialOptions(trial, this.sweep), out })}`;
  }

  private add(result: TrialResult): TrialResult {
    this.byTrial.set(result.trial, result);
    this.open.delete(result.trial);
    replaceText(join(this.folder, resultsName), this.all.map((each) => `${JSON.stringify(each)}\n`).join(""));
    return result;
  }
}

function countsOf({ model }: Trial) {
  const { total, withoutEmbedding } = parameterCounts(model);
  return { parameters: total, parametersWithoutEmbedding: withoutEmbedding };
}

/** The first of the validations with the smallest loss. */
function bestOf(lines: readonly MetricsLine[]): { step: number; valLoss: number } | undefined {
  const validated = lines.flatMap(({ step, valLoss }) => (typeof valLoss === "number" ? [{ step, valLoss }] : []));
  const least = Math.min(...validated.map(({ valLoss }) => valLoss));
  return validated.find(({ valLoss }) => valLoss === least);
}

/**
 * The lines of results.jsonl in a sweep's folder; none if no trial has ended. Trials that older versions stopped early
 * are left out.
 *
 * @throws CheckpointError naming a line that is not one of a trial.
 */
export function readResults(folder: string): TrialResult[] {
  const path = join(folder, resultsName);
  if (!existsSync(path)) return [];
  const lines = readRegularFile(path).toString().trimEnd().split("\n");
  return lines.flatMap((line, i) => {
    const value = parseResult(line);
    if (value === undefined) {
      throw new CheckpointError({
        field: `${path} line ${i + 1}`,
        rule: "be a trial's result",
        value: line,
        remedy: "delete the line",
      });
    }
    return value === "stopped" ? [] : [value];
  });
}

/** The figures of a result, which are numbers where they are there. */
const figures = [
  "steps",
  "tokens",
  "flops",
  "parameters",
  "parametersWithoutEmbedding",
  "finalValLoss",
  "bestValLoss",
  "bestStep",
  "finalTrainLoss",
] as const;

function parseResult(line: string): TrialResult | "stopped" | undefined {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { trial, run, seed, status, settings, error = "", command = "" } = value;
  const isWhole =
    Number.isInteger(trial) &&
    typeof run === "string" &&
    Number.isInteger(seed) &&
    isObject(settings) &&
    typeof error === "string" &&
    typeof command === "string" &&
    figures.every((field) => value[field] === undefined || typeof value[field] === "number");
  if (!isWhole) return undefined;
  if (status === "stopped") return status;
  return status === "done" || status === "failed" ? (value as unknown as TrialResult) : undefined;
}
