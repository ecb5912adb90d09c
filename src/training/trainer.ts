import { setImmediate as eventLoop } from "node:timers/promises";
import type { TrainingConfig } from "../config/training.js";
import { InterruptedError, TrainingError } from "../core/errors.js";
import type { Batch } from "../dataset/sampler.js";
import type { Transformer } from "../model/transformer.js";
import type { VariableValues } from "../model/variables.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { learningRateAt } from "./schedule.js";
import { snapshotSchedule } from "./snapshotSchedule.js";
import { type StepOptions, TrainingStep } from "./step.js";

/** The state of training after a step. */
export interface Progress {
  step: number;
  steps: number;
  /** Tokens trained on so far. */
  tokens: number;
  /** Loss of this step's batch, in nats per token. */
  trainLoss: number;
  /** Validation loss in nats per token, after steps that validate. */
  valLoss?: number;
  learningRate: number;
  gradNorm: number;
  tokensPerSecond: number;
  /** Seconds of training so far, earlier runs included. */
  elapsed: number;
}

/** Everything that a later run needs to continue, besides the weights and the optimizer's state. */
export interface TrainerState {
  step: number;
  tokens: number;
  elapsed: number;
  /** The smallest validation loss so far and its step. */
  best?: { step: number; valLoss: number };
}

export interface TrainerOptions {
  /** Batch number `micro` of a step; steps count from 1, batches of a step from 0. */
  batch(step: number, micro: number): Batch;
  /** The batches of a validation; empty for none. */
  validation: Batch[];
  /** The state to continue from. @default the beginning */
  state?: TrainerState;
  /** Stops after the current step, which is saved. */
  signal?: AbortSignal;
  onStep?(progress: Progress): void;
  /** Called when it is time to keep a copy of the weights: before the first step, too, which is step 0. */
  onSnapshot?(step: number): void;
  /** Called when it is time to save; `isBest` if no validation loss was smaller so far. */
  onSave?(state: TrainerState, isBest: boolean): void;
  /** Called when it is time to show a sample of text. */
  onSample?(step: number): void | Promise<void>;
}

/** Trains a model step by step. It owns the optimizer; dispose it when done. */
export class Trainer {
  readonly step: TrainingStep;

  constructor(
    private readonly model: Transformer,
    private readonly config: TrainingConfig,
    options: StepOptions = {},
  ) {
    this.step = new TrainingStep(model, config, options);
  }

  /**
   * Runs the remaining steps.
   *
   * @throws TrainingError if a loss is not a finite number; weights saved before stay.
   * @throws InterruptedError after saving, if `signal` asked to stop.
   */
  async run(options: TrainerOptions): Promise<TrainerState> {
    const { batchSize, gradAccum } = this.config;
    const tokensPerStep = batchSize * gradAccum * this.model.config.contextLength;
    let state: TrainerState = options.state ?? { step: 0, tokens: 0, elapsed: 0 };
    const started = performance.now() - state.elapsed * 1000;
    const { steps, evalEvery, saveEvery, sampleEvery } = this.config;
    const snapshots = new Set(snapshotSchedule(this.config));
    if (state.step === 0 && snapshots.has(0)) options.onSnapshot?.(0);
    while (state.step < steps) {
      const before = performance.now();
      const step = state.step + 1;
      const progress = this.advance(step, options);
      const now = performance.now();
      const tokensPerSecond = tokensPerStep / ((now - before) / 1000);
      state = { ...state, step, tokens: state.tokens + tokensPerStep, elapsed: (now - started) / 1000 };
      const isLast = step === steps;
      await eventLoop(); // handles a Ctrl-C that came during the step
      const valLoss = isDue(step, evalEvery) || isLast ? this.validate(options.validation, progress) : undefined;
      const isBest = valLoss !== undefined && valLoss < (state.best?.valLoss ?? Infinity);
      if (isBest) state = { ...state, best: { step, valLoss } };
      options.onStep?.({ ...progress, ...state, steps, valLoss, tokensPerSecond } as Progress);
      const stopped = options.signal?.aborted ?? false; // read after onStep, which may abort
      if (snapshots.has(step)) options.onSnapshot?.(step); // before saving, so that a run resumed from here has it
      if (isBest || isLast || stopped || isDue(step, saveEvery)) options.onSave?.(state, isBest);
      if (isDue(step, sampleEvery)) await options.onSample?.(step);
      if (stopped && !isLast) throw new InterruptedError(`stopped after step ${step}, which is saved`);
    }
    return state;
  }

  private advance(step: number, { batch }: TrainerOptions) {
    const learningRate = learningRateAt(step, this.config);
    const batches = Array.from({ length: this.config.gradAccum }, (_, micro) => batch(step, micro));
    const { loss, gradNorm } = this.step.run(batches, step, learningRate);
    requireFinite("training loss", loss, step, learningRate);
    requireFinite("gradient norm", gradNorm, step, learningRate);
    return { step, trainLoss: loss, learningRate, gradNorm };
  }

  private validate(batches: Batch[], { step, learningRate }: { step: number; learningRate: number }) {
    if (batches.length === 0) return undefined;
    const losses = batches.map((batch) => this.step.evaluate(batch));
    const loss = losses.reduce((sum, x) => sum + x, 0) / losses.length;
    requireFinite("validation loss", loss, step, learningRate);
    return loss;
  }

  /** Copies of what the optimizer keeps, by name. */
  optimizerState(): ReturnType<Optimizer["read"]> {
    return this.step.optimizer.read();
  }

  /** Replaces it. @throws CheckpointError naming what is missing, unknown or of another shape. */
  loadOptimizerState(values: VariableValues): void {
    this.step.optimizer.load(values);
  }

  dispose(): void {
    this.step.dispose();
  }
}

function isDue(step: number, every: number): boolean {
  return every > 0 && step % every === 0;
}

function requireFinite(what: string, value: number, step: number, learningRate: number): void {
  if (Number.isFinite(value)) return;
  const rate = Number(learningRate.toPrecision(4));
  throw new TrainingError(
    `${what} must be a finite number: got ${value} at step ${step}, learning rate ${rate} (try a smaller --lr or a longer --warmup)`,
  );
}
