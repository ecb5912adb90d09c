/** Run in a child process by a sweep: one trial, or the survey before all trials. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { useBackend } from "../../backends/choose.js";
import { HeedError, InterruptedError } from "../../core/errors.js";
import { openTexts } from "../../jobs/prepareRun.js";
import { timeSteps } from "../../jobs/timeSteps.js";
import { type TrainListeners, train } from "../../jobs/train.js";
import { checkTogether, type TrainOptions } from "../../jobs/trainOptions.js";
import { readMetrics } from "../../runs/metrics.js";
import type { SweepSurvey } from "./planTrials.js";
import type {
  FromWorker,
  TimingTask,
  ToWorker,
  TrialProgress,
  TrialTask,
  WorkerAnswer,
  WorkerTask,
} from "./workerProtocol.js";

const stop = new AbortController();

/** Milliseconds between two reports of how far a trial is. */
const reportEvery = 100;

async function survey(options: TrainOptions): Promise<SweepSurvey> {
  const { name: backend, reason } = await useBackend(options.backend);
  checkTogether({ precision: options.training?.precision ?? "float32" }, options);
  const { corpus } = await openTexts({ ...options, model: { contextLength: 1 } }, dirname(options.out));
  const { notes, train, validation } = corpus;
  const files = corpus.files.map(({ path, sha256, split }) => ({ path, sha256, split }));
  const tokens = { train: train.length, validation: validation?.length ?? 0 };
  corpus.close();
  return { backend, reason, vocabSize: corpus.tokenizer.vocabSize, tokens, files, notes };
}

async function trial({ options }: TrialTask): Promise<WorkerAnswer> {
  const resume = existsSync(join(options.out, "run.json"));
  try {
    await train({ ...options, resume, signal: stop.signal }, progressListeners(options.out));
    return { kind: "done" };
  } catch (error) {
    if (error instanceof InterruptedError) return { kind: "interrupted" };
    throw error;
  }
}

/** Listeners that tell the sweep how the trial in `folder` goes on. */
function progressListeners(folder: string): TrainListeners {
  let bestValLoss: number | undefined;
  let [reported, steps] = [0, 0];
  let speed: number | undefined;
  const validated = (valLoss: number) => {
    bestValLoss = Math.min(valLoss, bestValLoss ?? Infinity);
  };
  const report = (progress: TrialProgress) => {
    reported = performance.now();
    say({ kind: "progress", progress: { ...progress, bestValLoss } });
  };
  return {
    onStart: ({ step, training }) => {
      for (const { valLoss } of readMetrics(folder)) if (typeof valLoss === "number") validated(valLoss);
      report({ step, steps: training.steps });
    },
    onStep: ({ step, steps: all, trainLoss, valLoss, tokensPerSecond }) => {
      if (valLoss !== undefined) validated(valLoss);
      if (steps++ > 0) speed = 0.9 * (speed ?? tokensPerSecond) + 0.1 * tokensPerSecond; // the first traces the graph
      const isDue = valLoss !== undefined || step === all || performance.now() - reported >= reportEvery;
      if (isDue) report({ step, steps: all, trainLoss, tokensPerSecond: speed });
    },
  };
}

function say(message: FromWorker, then = () => {}): void {
  if (process.connected) process.send!(message, then);
  else then();
}

function answerTo(task: WorkerTask): Promise<WorkerAnswer> {
  if (task.kind === "survey") return survey(task.options).then((survey) => ({ kind: "surveyed", survey }));
  return task.kind === "timing" ? timing(task) : trial(task);
}

async function timing({ options, trial: { model, training } }: TimingTask): Promise<WorkerAnswer> {
  await useBackend(options.backend);
  const { compiled, xla } = options;
  return { kind: "timed", timing: await timeSteps(model, training, { compiled, xla: xla === "on" }) };
}

async function answer(work: WorkerTask): Promise<void> {
  let last: WorkerAnswer;
  try {
    last = await answerTo(work);
  } catch (error) {
    const { name, message, stack } = error as Error;
    if (process.env.HEED_DEBUG === "1") process.stderr.write(`${stack}\n`);
    last = { kind: "error", name, message: error instanceof HeedError ? message : `${name}: ${message}` };
  }
  say(last, () => process.exit());
}

process.on("disconnect", () => stop.abort()); // the sweep has gone: a trial saves its step and ends
process.on("message", (message: ToWorker) => {
  if (message.kind === "stop") stop.abort();
  else void answer(message);
});
