import { allowedThreads } from "../../backends/threads.js";
import { checkTrainOptions } from "../../jobs/trainOptions.js";
import type { SweepListeners } from "./listeners.js";
import { askedFor, type SweepOptions } from "./options.js";
import { checkMachine, planSweep } from "./planSweep.js";
import {
  createSweep,
  type HeldSweep,
  openSweep,
  requireSameAsked,
  requireSameTexts,
  type SweepRecord,
} from "./record.js";
import { namesIn } from "./request.js";
import { bestOfAll, bestOfEach, bySettings, type SettingsResult } from "./summary.js";
import { Results, type TrialResult } from "./trialResults.js";
import { Trials } from "./trials.js";

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
  checkMachine(options);
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
  const planned = await planSweep(options);
  return createSweep(options.out, planned, options.overwrite ?? false);
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

function resultOf(out: string, { asked, skipped }: SweepRecord, results: TrialResult[]): SweepResult {
  const settings = bestOfEach(bySettings(results), namesIn(asked.bestOf ?? []));
  return { out, results, skipped, settings, best: bestOfAll(settings) };
}
