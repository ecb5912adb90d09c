import { processesThatFit, threadsEach } from "../../backends/processes.js";
import { allowedThreads } from "../../backends/threads.js";
import { requireInteger } from "../../core/checks.js";
import * as errors from "../../core/errors.js";
import { checkTrainOptions, type TrainOptions } from "../../jobs/trainOptions.js";
import type { SweepListeners } from "./listeners.js";
import { type Asked, askedFor, type SweepOptions } from "./options.js";
import { planTrials, type SweepSurvey } from "./planTrials.js";
import {
  createSweep,
  type HeldSweep,
  openSweep,
  requireFreeFolder,
  requireSameAsked,
  requireSameTexts,
  type SweepRecord,
} from "./record.js";
import { namesIn, parseRequest } from "./request.js";
import { bestOfAll, bestOfEach, bySettings, type SettingsResult } from "./summary.js";
import { Results, type TrialResult } from "./trialResults.js";
import { Trials } from "./trials.js";
import { startWorker } from "./workerProcess.js";

export interface SweepResult {
  out: string;
  /** Of every trial, in their order. */
  results: TrialResult[];
  /** Settings that no model or training can have, and why. */
  skipped: SweepRecord["skipped"];
  /** The results by settings; of those in `bestOf` only the best value for each combination of the others. */
  settings: SettingsResult[];
  /** The settings with the smallest mean validation loss. */
  best: SettingsResult | undefined;
}

/**
 * Trains many models that differ in some settings, several at a time, each in a process of its own, or goes on with
 * a sweep: trials that are at their end are not repeated, those that are half-done go on from their checkpoint, and
 * those that failed are tried again. A trial that fails does not stop the others.
 *
 * @throws ConfigError, DataError, CheckpointError or BackendError before work starts, if an option, a text, the folder
 *   or the backend can't be used.
 * @throws InterruptedError when the trials under way are saved, if `signal` asked to stop.
 */
export async function sweep(options: SweepOptions, listeners: SweepListeners = {}): Promise<SweepResult> {
  if (options.workers !== undefined) requireInteger("workers", options.workers, 1, 1024);
  const { record, release } = options.resume ? reopen(options) : await begin(options);
  try {
    const results = new Results(options.out, record);
    const workers = options.workers ?? record.workers;
    const notes = [...record.notes, ...crowdNote(workers, record)];
    const ended = results.all.filter((result) => results.has(result));
    listeners.onPlan?.({ ...record, notes, workers, results: ended });
    await new Trials(options.out, { record, results, workers, listeners, signal: options.signal }).run();
    return resultOf(options.out, record, results.all);
  } finally {
    release();
  }
}

async function begin(options: SweepOptions): Promise<HeldSweep> {
  const { out, overwrite = false } = options;
  const asked = askedFor(options);
  const request = parseRequest(asked);
  requireFreeFolder(out, overwrite);
  const survey = await surveyFor(asked, out);
  requireValidation(asked, survey);
  const plan = planTrials(asked, request, survey);
  const workers = options.workers ?? Math.min(processesThatFit(survey.backend), plan.trials.length);
  return createSweep(out, { asked, survey, ...plan, workers, threads: threadsEach(workers) }, overwrite);
}

/** That the trials compute on more threads than there are: each keeps those that the sweep began with. */
function crowdNote(workers: number, { threads }: SweepRecord): string[] {
  const most = allowedThreads();
  if (workers * threads <= most) return [];
  const each = `${workers} workers with ${threads} ${threads === 1 ? "thread" : "threads"} each`;
  return [`${each} share ${most}: fewer --workers may be faster`];
}

function reopen(options: SweepOptions): HeldSweep {
  const { out, resume, overwrite } = options;
  checkTrainOptions({ out, resume, overwrite });
  const opened = openSweep(out);
  try {
    requireSameAsked(opened.record, askedFor(options));
    requireSameTexts(opened.record);
    return opened;
  } catch (error) {
    opened.release();
    throw error;
  }
}

/** What a process that is not kept finds out: this one stays small, and answers at once. */
async function surveyFor(asked: Asked, out: string): Promise<SweepSurvey> {
  const { data, valData, valFraction, tokenizer, unknownToken, training, backend, compiled } = asked;
  const options: TrainOptions = {
    data,
    valData,
    valFraction,
    tokenizer,
    unknownToken,
    training,
    backend,
    compiled,
    out,
  };
  const answer = await startWorker({ kind: "survey", options }, { threads: 1 }).answer;
  if (answer.kind === "surveyed") return answer.survey;
  const { name, message } = answer as { name: string; message: string };
  const Kind = (errors as Record<string, unknown>)[name] as typeof errors.HeedError | undefined;
  throw Kind ? new Kind(message) : new Error(message);
}

function requireValidation({ bestOf }: Asked, { tokens }: SweepSurvey): void {
  if (!bestOf || tokens.validation > 0) return;
  throw new errors.ConfigError(`bestOf needs a text to validate on: got none (set valFraction above 0, or valData)`);
}

function resultOf(out: string, { asked, skipped }: SweepRecord, results: TrialResult[]): SweepResult {
  const settings = bestOfEach(bySettings(results), namesIn(asked.bestOf ?? []));
  return { out, results, skipped, settings, best: bestOfAll(settings) };
}
