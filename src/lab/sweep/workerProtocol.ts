import type { StepTiming } from "../../jobs/timeSteps.js";
import type { TrainOptions } from "../../jobs/trainOptions.js";
import type { SweepSurvey, Trial } from "./planTrials.js";

/** The one piece of work that a worker process is for. */
export type WorkerTask = SurveyTask | TimingTask | TrialTask;

/** Look at texts and machine. */
export interface SurveyTask {
  kind: "survey";
  /** What all trials share. */
  options: TrainOptions;
}

/** Time a few steps of a trial. */
export interface TimingTask {
  kind: "timing";
  options: Pick<TrainOptions, "backend" | "compiled" | "xla">;
  trial: Pick<Trial, "model" | "training">;
}

/** Train, or go on with what an earlier process left in `options.out`. */
export interface TrialTask {
  kind: "trial";
  options: TrainOptions;
}

/** What a worker is sent. */
export type ToWorker = WorkerTask | { kind: "stop" };

/** How far a trial is. */
export interface TrialProgress {
  step: number;
  /** In all. */
  steps: number;
  /** Of the last step, in nats per token; undefined before the first. */
  trainLoss?: number;
  /** The smallest validation loss so far. */
  bestValLoss?: number;
  /** Over the last steps. */
  tokensPerSecond?: number;
}

/** What a worker says last; then it ends. */
export type WorkerAnswer =
  | { kind: "surveyed"; survey: SweepSurvey }
  | { kind: "timed"; timing: StepTiming }
  /** The trial has made its last step. */
  | { kind: "done" }
  /** It has saved where it is, as it was asked to stop. */
  | { kind: "interrupted" }
  | { kind: "error"; name: string; message: string };

export type FromWorker = WorkerAnswer | { kind: "progress"; progress: TrialProgress };
