/** Run in a child process by a sweep: one trial, or the survey before all trials. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { useBackend } from "../../backends/choose.js";
import { trainingConfig } from "../../config/training.js";
import { HeedError, InterruptedError } from "../../core/errors.js";
import { openCorpus } from "../../dataset/corpus.js";
import { type TrainListeners, train } from "../../jobs/train.js";
import { checkTogether, namedTokenizer, type TrainOptions } from "../../jobs/trainOptions.js";
import { readPointer } from "../../runs/checkpoint/names.js";
import { readMetrics } from "../../runs/metrics.js";
import { readRun } from "../../runs/runFolder.js";
import type { RunRecord } from "../../runs/runRecord.js";
import { type Curve, isBelowMedian, type Validation } from "./medianStop.js";
import type { Survey } from "./plan.js";
import type { Answer, FromWorker, ToWorker, TrialProgress, TrialWork, Work } from "./protocol.js";

const stop = new AbortController();
const finished: Curve[] = [];

/** Milliseconds between two reports of how far a trial is. */
const reportEvery = 100;

async function survey(options: TrainOptions): Promise<Survey> {
  const { name: backend, reason } = await useBackend(options.backend);
  checkTogether(trainingConfig(options.training), options);
  const { data = [], valData, valFraction, tokenizer = "char", unknownToken = false, out } = options;
  const corpus = await openCorpus({
    ...{ files: data, valFiles: valData, valFraction, contextLength: 1, cacheFolder: dirname(out) },
    tokenizer: namedTokenizer(tokenizer, unknownToken),
  });
  const { notes, train, validation } = corpus;
  const files = corpus.files.map(({ path, sha256, split }) => ({ path, sha256, split }));
  const tokens = { train: train.length, validation: validation?.length ?? 0 };
  corpus.close();
  return { backend, reason, vocabSize: corpus.tokenizer.vocabSize, tokens, files, notes };
}

async function trial({ options, medianStop }: TrialWork): Promise<Answer> {
  const resume = existsSync(join(options.out, "run.json"));
  const watch = new Watch(resume ? savedValidations(options.out) : [], { medianStop, seconds: options.seconds });
  const last = watch.validations.at(-1);
  if (last && endsAt(options.out, last.step) && watch.isBelowMedian()) {
    return { kind: "ended", status: "stopped", step: last.step }; // before it was noted
  }
  try {
    const { state } = await train({ ...options, resume, signal: stop.signal }, watch.listeners);
    return { kind: "ended", status: "done", step: state.step };
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    const { stoppedAt } = watch;
    return stoppedAt === undefined ? { kind: "interrupted" } : { kind: "ended", status: "stopped", step: stoppedAt };
  }
}

/** Tells the sweep how the trial goes on, and stops it where the rule of `medianStop` says so. */
class Watch {
  /** The step at which the rule stopped the trial. */
  stoppedAt: number | undefined;
  private reported = 0;
  private steps = 0;
  private speed: number | undefined;

  constructor(
    readonly validations: SavedValidation[],
    private readonly options: Pick<TrialWork, "medianStop"> & Pick<TrainOptions, "seconds">,
  ) {
    finished.push(...(options.medianStop?.curves ?? []));
  }

  readonly listeners: TrainListeners = {
    onStart: ({ step, training: { steps } }) => {
      if (this.options.seconds === undefined) this.report({ step, steps }); // else nobody knows the steps yet
    },
    onStep: ({ step, steps, trainLoss, valLoss, tokensPerSecond }) => {
      if (valLoss !== undefined) {
        this.validations.push({ step, share: step / steps, valLoss });
        if (this.isBelowMedian()) {
          this.stoppedAt = step;
          stop.abort();
        }
      }
      // The first step makes the graph.
      if (this.steps++ > 0) this.speed = 0.9 * (this.speed ?? tokensPerSecond) + 0.1 * tokensPerSecond;
      const isDue = valLoss !== undefined || step === steps || performance.now() - this.reported >= reportEvery;
      if (isDue) this.report({ step, steps, trainLoss, tokensPerSecond: this.speed });
    },
  };

  isBelowMedian(): boolean {
    const { medianStop } = this.options;
    return medianStop !== undefined && isBelowMedian(this.validations, { ...medianStop, curves: finished });
  }

  private report(progress: TrialProgress): void {
    this.reported = performance.now();
    const losses = this.validations.map(({ valLoss }) => valLoss);
    const bestValLoss = losses.length > 0 ? Math.min(...losses) : undefined;
    say({ kind: "progress", progress: { ...progress, bestValLoss } });
  }
}

type SavedValidation = Validation & { step: number };

/** The validations up to the checkpoint from which a run will go on. */
function savedValidations(folder: string): SavedValidation[] {
  const { training, seconds } = readRun(folder) as unknown as RunRecord;
  const latest = readPointer(folder, "latest") ?? 0;
  return readMetrics(folder).flatMap(({ step, elapsed, valLoss }) => {
    if (step > latest || typeof valLoss !== "number") return [];
    return [{ step, share: seconds === undefined ? step / training.steps : (elapsed as number) / seconds, valLoss }];
  });
}

/** Whether nothing is known of a run after `step`: a run that the rule let go on is judged at its next validation. */
function endsAt(folder: string, step: number): boolean {
  return readPointer(folder, "latest") === step && readMetrics(folder).at(-1)!.step === step;
}

function say(message: FromWorker, then?: () => void): void {
  if (process.connected) process.send!(message, then);
  else then?.();
}

async function answer(work: Work): Promise<void> {
  let last: Answer;
  try {
    last = work.kind === "survey" ? { kind: "surveyed", survey: await survey(work.options) } : await trial(work);
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
  else if (message.kind === "finished") finished.push(message.curve);
  else void answer(message);
});
