import { processesThatFit, threadsEach } from "../../backends/processes.js";
import { limitThreads } from "../../backends/threads.js";
import { requireInteger } from "../../core/checks.js";
import { ConfigError } from "../../core/errors.js";
import { type Asked, askedFor, type SweepOptions } from "./options.js";
import { planTrials, type SweepSurvey } from "./planTrials.js";
import { requireFreeFolder, type SweepRecord } from "./record.js";
import { parseRequest } from "./request.js";
import { runTask } from "./workerProcess.js";

/** What sweep.json will say of a new sweep. */
export type PlannedSweep = Omit<SweepRecord, "versions">;

/**
 * The trials of a new sweep, and how many run at a time. Texts and backend are looked at in a process of its own: this one
 * stays small, and returns at once. Nothing is written.
 *
 * @throws ConfigError, DataError, CheckpointError or BackendError if an option, a text, the folder or the backend can't be
 *   used.
 */
export async function planSweep(options: SweepOptions): Promise<PlannedSweep> {
  checkMachine(options);
  const { out, overwrite = false } = options;
  const asked = askedFor(options);
  const request = parseRequest(asked);
  requireFreeFolder(out, overwrite);
  const survey = await runTask({ kind: "survey", options: { ...asked, out } }, 1, "surveyed").then((a) => a.survey);
  requireValidation(asked, survey);
  const plan = planTrials(asked, request, survey);
  const workers = options.workers ?? Math.min(processesThatFit(survey.backend), plan.trials.length);
  return { asked, survey, ...plan, workers, threads: threadsEach(workers) };
}

/** Checks what computes, and limits this process and its workers to the threads that are asked for. */
export function checkMachine({ workers, threads }: Pick<SweepOptions, "workers" | "threads">): void {
  if (workers !== undefined) requireInteger("workers", workers, 1, 1024);
  if (threads !== undefined) requireInteger("threads", threads, 1, 1024);
  limitThreads(threads);
}

function requireValidation({ bestOf }: Asked, { tokens }: SweepSurvey): void {
  if (!bestOf || tokens.validation > 0) return;
  throw new ConfigError("bestOf needs a text to validate on: got none (set valFraction above 0, or valData)");
}
