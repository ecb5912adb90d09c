import { existsSync } from "node:fs";
import { join } from "node:path";
import { replaceText } from "../../core/durableFiles.js";
import { CheckpointError } from "../../core/errors.js";
import { readRegularFile } from "../../core/files.js";
import {
  aCount,
  aNumber,
  anObject,
  aPositiveCount,
  aString,
  objectWith,
  oneOf,
  optional,
  type Parse,
} from "../../core/parse.js";
import { isObject, parseJson } from "../../core/strictJson.js";
import { trainCommand } from "../../jobs/trainCommand.js";
import { parameterCounts, trainingFlopsPerToken } from "../../model/count.js";
import { type MetricsLine, readMetrics } from "../../runs/metrics.js";
import type { Asked } from "./options.js";
import type { SweepSurvey, Trial } from "./planTrials.js";
import { trialOptions } from "./trialOptions.js";
import type { TrialSettings } from "./trialSettings.js";

export const resultsName = "results.jsonl";

/** How a trial ended: a line of results.jsonl. Nothing in it depends on time. Losses are in nats per token. */
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
   * What repeats the trial, in `models/`, as its own folder holds its run; on as many threads its sums are the same to the
   * last bit. Sweeps of older versions may lack it.
   */
  command?: string;
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
    return trainCommand({ ...trialOptions(trial, this.sweep), threads: this.sweep.threads, out });
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
    const place = { where: `${path} line ${i + 1}`, field: "", remedy: "delete the line" };
    const value = jsonOf(line);
    return isObject(value) && value.status === "stopped" ? [] : [parseResult(value, place)];
  });
}

const parseResult = objectWith<TrialResult>({
  trial: aPositiveCount,
  run: aString,
  settings: anObject as Parse<TrialSettings>,
  seed: aCount,
  status: oneOf(["done", "failed"]),
  steps: optional(aCount),
  tokens: optional(aCount),
  flops: optional(aNumber),
  parameters: aCount,
  parametersWithoutEmbedding: aCount,
  finalValLoss: optional(aNumber),
  bestValLoss: optional(aNumber),
  bestStep: optional(aCount),
  finalTrainLoss: optional(aNumber),
  error: optional(aString),
  command: optional(aString),
});

function jsonOf(line: string): unknown {
  try {
    return parseJson(line);
  } catch {
    return undefined; // which is no object, and refused as such
  }
}
