import { dirname, join } from "node:path";
import { capabilities } from "../backends/capabilities.js";
import type { ActiveBackend } from "../backends/choose.js";
import { type TrainingConfig, trainingNotes } from "../config/training.js";
import { aCount, aNumber, objectWith, optional } from "../core/parse.js";
import type { Corpus } from "../dataset/corpus.js";
import { batchAt, evaluationWindows, readWindows } from "../dataset/sampler.js";
import { Decoder } from "../generation/decoder.js";
import { generateText } from "../generation/generateText.js";
import { Transformer } from "../model/transformer.js";
import { type ResumableCheckpoint, saveCheckpoint } from "../runs/checkpoint/checkpoint.js";
import { files } from "../runs/checkpoint/names.js";
import { trimMetrics } from "../runs/metrics.js";
import { createRun, type Run, rewriteRun } from "../runs/runFolder.js";
import { RunLog } from "../runs/runLog.js";
import type { RunRecord } from "../runs/runRecord.js";
import { saveSnapshot, trimSnapshots } from "../runs/snapshots.js";
import { tokenizerConfigJson } from "../tokenizers/json.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";
import { type Progress, Trainer, type TrainerState } from "../training/trainer.js";
import { type PreparedRun, prepareRun } from "./prepareRun.js";
import { checkTrainOptions, type TrainInput } from "./trainOptions.js";

/** What a caller may hear while a run goes on. */
export interface TrainListeners {
  /** Just before the first step. */
  onStart?(start: TrainStart): void;
  /** After each step. */
  onStep?(progress: Progress): void;
  /** A sample of text, every `sampleEvery` steps. */
  onSample?(step: number, text: string): void;
  /** A checkpoint was saved. */
  onSave?(folder: string, isBest: boolean): void;
}

export interface TrainStart {
  backend: ActiveBackend;
  /** Steps done by earlier runs. */
  step: number;
  parameters: number;
  vocabSize: number;
  training: TrainingConfig;
  tokens: { train: number; validation: number };
  /** Whether XLA compiles the step, while the first one runs. */
  xla: boolean;
  /** What the user should know, a line each. */
  notes: string[];
}

export interface TrainResult {
  out: string;
  state: TrainerState;
  parameters: number;
  /** Of this call, with making the graph and validating; undefined if no step was left to do. */
  tokensPerSecond?: number;
}

/**
 * Trains a model on text files, or goes on with a run: a run folder with checkpoints and metrics comes of it. It prints
 * nothing: what there is to say goes to `listeners` and to the run's metrics.jsonl. A resumed run goes on as its run.json
 * says, compiled as it was, to the same bits as one that was never stopped.
 *
 * @throws ConfigError, DataError or CheckpointError before work starts, if an option, a text or the folder can't be used.
 * @throws TrainingError if the loss is no longer a number, or the run's folder is gone; FileError if it can't be written
 *   to, for instance because the disk is full; InterruptedError after saving, if `signal` asked to stop.
 */
export async function train(given: TrainInput, listeners: TrainListeners = {}): Promise<TrainResult> {
  const options = checkTrainOptions(given);
  const { out, overwrite, signal } = options;
  // On a disk, where the system's folder for temporary files may be memory.
  const prepared = await prepareRun(options, dirname(out));
  const { resumed, record } = prepared;
  try {
    const run = resumed?.run ?? createRun(out, record, { overwrite });
    try {
      if (resumed) {
        rewriteRun(run.folder, record);
        trimMetrics(run.folder, resumed.checkpoint?.step ?? 0);
        trimSnapshots(run.folder, resumed.checkpoint?.step ?? 0);
      }
      return await work({ ...prepared, run, signal, listeners });
    } finally {
      run.release();
    }
  } finally {
    prepared.close();
  }
}

/** Trains in a run folder that is held, on texts that are open. */
async function work(
  job: PreparedRun & { run: Run; signal: AbortSignal | undefined; listeners: TrainListeners },
): Promise<TrainResult> {
  const { record, corpus, run, listeners } = job;
  const { training, compiled = true } = record;
  const { folder } = run;
  const checkpoint = job.resumed?.checkpoint;
  const model = new Transformer(record.model, { seed: training.seed });
  const xla = record.xla === "on" && compiled && capabilities().graphs;
  const trainer = new Trainer(model, training, { compiled, xla });
  try {
    if (checkpoint) {
      model.load(checkpoint.weights);
      trainer.loadOptimizerState(checkpoint.optimizer);
    }
    const before = job.resumed?.run.record.training;
    const saved = checkpoint && trainerState(checkpoint);
    // Losses on other windows are no measure for those to come.
    const state = saved && { ...saved, best: before?.evalBatches === training.evalBatches ? saved.best : undefined };
    const log = new RunLog(run, { record, step: state?.step ?? 0 });
    const parameters = [...model.weights.values()].reduce((sum, w) => sum + w.size, 0);
    listeners.onStart?.({
      backend: job.backend,
      step: state?.step ?? 0,
      parameters,
      vocabSize: corpus.tokenizer.vocabSize,
      training,
      xla,
      notes: [...trainingNotes(training), ...corpus.notes, ...(checkpoint?.notes ?? [])],
      tokens: { train: corpus.train.length, validation: corpus.validation?.length ?? 0 },
    });
    const final = await trainer.run({
      ...batches(corpus, record, training),
      state,
      signal: job.signal,
      onStep: (progress) => {
        log.step(progress);
        listeners.onStep?.(progress);
      },
      onSnapshot: (step) => {
        run.requireHeld();
        saveSnapshot(folder, step, model.read());
      },
      onSave: (state, best) => {
        run.requireHeld();
        const made = saveCheckpoint(
          folder,
          { run: record.id, ...content(model, trainer, corpus.tokenizer, state) },
          { keep: record.keep, best },
        );
        listeners.onSave?.(made, best);
      },
      onSample: async (step) => {
        const text = await sampleText(model, corpus.tokenizer, training.seed);
        log.sample(step, text);
        listeners.onSample?.(step, text);
      },
    });
    run.requireHeld();
    log.finish();
    const seconds = final.elapsed - (state?.elapsed ?? 0);
    const tokensPerSecond = seconds > 0 ? (final.tokens - (state?.tokens ?? 0)) / seconds : undefined;
    return { out: folder, state: final, parameters, tokensPerSecond };
  } finally {
    trainer.dispose();
    model.dispose();
  }
}

const parseState = objectWith<TrainerState>({
  step: aCount,
  tokens: aCount,
  elapsed: aNumber,
  best: optional(objectWith<NonNullable<TrainerState["best"]>>({ step: aCount, valLoss: aNumber })),
});

/** @throws CheckpointError naming a field of trainer_state.json that breaks its rule. */
function trainerState({ folder, trainerState }: ResumableCheckpoint): TrainerState {
  return parseState(trainerState, { where: join(folder, files.trainerState), field: "" });
}

/** The training batches by step and the validation batches, all following from the seed. */
function batches({ train, validation }: Corpus, { model }: RunRecord, training: TrainingConfig) {
  const { seed, batchSize, gradAccum, evalBatches } = training;
  const { contextLength } = model;
  const windows = validation ? evaluationWindows(validation, { batches: evalBatches, batchSize, contextLength }) : [];
  return {
    batch: (step: number, micro: number) =>
      batchAt(train, { seed, step: (step - 1) * gradAccum + micro, batchSize, contextLength }),
    validation: windows.map((starts) => readWindows(validation!, starts, contextLength)),
  };
}

async function sampleText(model: Transformer, tokenizer: Tokenizer, seed: number): Promise<string> {
  const decoder = new Decoder(model, { compiled: false }); // too short a text to be worth a graph
  let text = "";
  for await (const piece of generateText(model, tokenizer, { seed, decoder })) text += piece;
  decoder.dispose();
  return text;
}

function content(model: Transformer, trainer: Trainer, tokenizer: Tokenizer, state: TrainerState) {
  return {
    step: state.step,
    config: model.config,
    tokenizer: tokenizer.toJSON(),
    tokenizerConfig: tokenizerConfigJson(tokenizer),
    weights: model.read(),
    optimizer: trainer.optimizerState(),
    trainerState: { ...state },
    generation: {},
  };
}
