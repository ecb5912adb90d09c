import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HeedError, InterruptedError } from "../../core/errors.js";
import { lockFolder } from "../../core/folderLock.js";
import type { SweepListeners } from "./listeners.js";
import type { Trial } from "./planTrials.js";
import type { SweepRecord } from "./record.js";
import { trialOptions } from "./trialOptions.js";
import type { Results, TrialResult } from "./trialResults.js";
import { startWorker, type WorkerProcess } from "./workerProcess.js";
import type { TrialTask, WorkerAnswer } from "./workerProtocol.js";

interface TrialsOptions {
  record: SweepRecord;
  results: Results;
  /** Trials at a time. */
  workers: number;
  listeners: SweepListeners;
  /** Stops the trials under way, which save. */
  signal?: AbortSignal;
}

/** How long to wait for a process that an earlier sweep left, in seconds. */
const patience = 600;

/** The trials of a sweep that are left to do, several at a time. */
export class Trials {
  private readonly running = new Set<WorkerProcess>();
  private over = false;
  private readonly left: Trial[];

  constructor(
    private readonly folder: string,
    private readonly options: TrialsOptions,
  ) {
    this.left = options.record.trials.filter((trial) => !options.results.has(trial));
  }

  /** @throws InterruptedError when all trials under way are saved, if `signal` asked to stop. */
  async run(): Promise<void> {
    const { workers, signal, record, results } = this.options;
    const stop = () => {
      for (const worker of this.running) worker.send({ kind: "stop" });
    };
    signal?.addEventListener("abort", stop);
    try {
      await Promise.all(Array.from({ length: Math.min(workers, this.left.length) }, () => this.takeTurns()));
    } finally {
      this.over = true;
      signal?.removeEventListener("abort", stop);
      for (const worker of this.running) worker.kill();
    }
    const ended = record.trials.filter((trial) => results.has(trial)).length;
    if (ended < record.trials.length)
      throw new InterruptedError(
        `stopped: ${ended} of ${record.trials.length} trials have ended, the others are saved as far as they are`,
      );
  }

  private async takeTurns(): Promise<void> {
    for (let trial = this.left.shift(); trial && !this.isStopping; trial = this.left.shift()) {
      const result = await this.resultOf(trial);
      if (result) this.options.listeners.onResult?.(trial, result);
    }
  }

  /** How a trial ended; undefined if it was asked to stop before its end. */
  private async resultOf(trial: Trial): Promise<TrialResult | undefined> {
    const { results } = this.options;
    let answer: WorkerAnswer;
    try {
      answer = await this.answerOf(trial);
    } catch (error) {
      return this.isStopping ? undefined : results.failed(trial, (error as Error).message);
    }
    if (answer.kind === "interrupted") return undefined;
    if (answer.kind === "error") return results.failed(trial, answer.message);
    if (answer.kind !== "done") throw new Error(`a trial's worker answered ${answer.kind}`);
    try {
      return results.done(trial);
    } catch (error) {
      if (!(error instanceof HeedError)) throw error;
      return results.failed(trial, error.message);
    }
  }

  private async answerOf(trial: Trial): Promise<WorkerAnswer> {
    const { record, listeners } = this.options;
    await this.untilFree(join(this.folder, trial.run));
    if (this.isStopping) return { kind: "interrupted" };
    listeners.onTrial?.(trial);
    const options = { ...trialOptions(trial, record), out: join(this.folder, trial.run) };
    const work: TrialTask = { kind: "trial", options };
    const worker = startWorker(work, {
      threads: record.threads,
      onProgress: (progress) => listeners.onProgress?.(trial, progress),
    });
    this.running.add(worker);
    try {
      return await worker.answer;
    } finally {
      this.running.delete(worker);
    }
  }

  /** Whether no further trial is to begin: it was asked for, or something that is no trial's fault went wrong. */
  private get isStopping(): boolean {
    return this.over || this.options.signal?.aborted === true;
  }

  /** Waits while a process that an earlier sweep left, which ends after its step, still holds the trial's folder. */
  private async untilFree(folder: string): Promise<void> {
    let told = false;
    for (const until = performance.now() + patience * 1000; existsSync(folder); await sleep(100)) {
      try {
        lockFolder(folder).release();
        return;
      } catch (error) {
        if (this.isStopping || performance.now() > until) throw error;
        if (!told) this.options.listeners.onNote?.((error as Error).message);
        told = true;
      }
    }
  }
}
