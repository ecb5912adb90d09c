import type { Progress } from "../training/trainer.js";
import { appendMetrics } from "./metrics.js";
import type { Run } from "./runFolder.js";
import type { RunRecord } from "./runRecord.js";
import { RunEvents } from "./tensorboard/runEvents.js";

/** Steps whose figures go to metrics.jsonl besides those that validate. */
const logEvery = 10;

/** What a run writes down as it goes on: metrics.jsonl and, where it is asked for, TensorBoard's events. */
export class RunLog {
  private readonly events: RunEvents | undefined;

  /** @param step after which the run goes on */
  constructor(
    private readonly run: Run,
    { record, step }: { record: RunRecord; step: number },
  ) {
    this.events = record.tensorboard
      ? new RunEvents(run.folder, { step, settings: comparedSettings(record) })
      : undefined;
  }

  /** Keeps the figures of every tenth step, of the first and last, and of those that validate. */
  step(progress: Progress): void {
    const { step, steps, valLoss } = progress;
    if (step % logEvery !== 0 && step !== 1 && step !== steps && valLoss === undefined) return;
    const line = metricsOf(progress);
    this.run.requireHeld();
    appendMetrics(this.run.folder, line);
    this.events?.metrics(line);
  }

  sample(step: number, text: string): void {
    this.events?.sample(step, text);
  }

  /** The run has reached its last step. */
  finish(): void {
    this.events?.finish();
  }
}

function metricsOf({ step, tokens, trainLoss, valLoss, learningRate, gradNorm, tokensPerSecond, elapsed }: Progress) {
  return {
    step,
    tokens,
    trainLoss,
    ...(valLoss !== undefined && { valLoss }),
    learningRate,
    gradNorm,
    tokensPerSecond: Math.round(tokensPerSecond),
    elapsed: Math.round(elapsed * 1000) / 1000,
  };
}

/** The settings that TensorBoard compares runs by: all but those of looking and saving. */
function comparedSettings({ model, training, tokenizer, backend }: RunRecord): object {
  const { evalEvery, evalBatches, saveEvery, snapshots, sampleEvery, ...shaping } = training;
  return { ...model, ...shaping, tokenizer, backend };
}
