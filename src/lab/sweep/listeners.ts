import type { Trial } from "./planTrials.js";
import type { SweepRecord } from "./record.js";
import type { TrialResult } from "./trialResults.js";
import type { TrialProgress } from "./workerProtocol.js";

/** What a caller may hear while a sweep goes on. */
export interface SweepListeners {
  /** What will be done, before the first trial. */
  onPlan?(plan: SweepPlan): void;
  /** A trial begins, or goes on. */
  onTrial?(trial: Trial): void;
  /** Something that the user may want to know, in a line. */
  onNote?(line: string): void;
  onProgress?(trial: Trial, progress: TrialProgress): void;
  onResult?(trial: Trial, result: TrialResult): void;
}

export interface SweepPlan
  extends Pick<SweepRecord, "trials" | "skipped" | "notes" | "survey" | "workers" | "threads"> {
  /** Results of trials that are at their end already. */
  results: TrialResult[];
}
