import { dirname } from "node:path";
import { type ActiveBackend, useBackend } from "../backends/choose.js";
import { loadCheckpoint, type ResumableCheckpoint, saveCheckpoint } from "../checkpoint/checkpoint.js";
import { appendMetrics, trimMetrics } from "../checkpoint/metrics.js";
import { checkpointSteps } from "../checkpoint/names.js";
import { createRun, openRun, type Run, requireFreeFolder, rewriteRun } from "../checkpoint/runFolder.js";
import { modelConfig } from "../config/model.js";
import { type TrainingConfig, trainingConfig } from "../config/training.js";
import { type Corpus, openCorpus } from "../dataset/corpus.js";
import { batchAt, evaluationWindows, readWindows } from "../dataset/sampler.js";
import { Decoder } from "../generation/decoder.js";
import { generateText } from "../generation/generate.js";
import { Transformer } from "../model/transformer.js";
import { tokenizerConfigJson, tokenizerFromJson } from "../tokenizers/json.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";
import { type Progress, Trainer, type TrainerState } from "../training/trainer.js";
import { asRecord, type RunRecord, requireSameTexts, requireStepsLeft, versions } from "./runRecord.js";
import { checkEarly, checkTogether, namedTokenizer, resumedTraining, type TrainOptions } from "./trainOptions.js";

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
  /** What the user should know, a line each. */
  notes: string[];
}

export interface TrainResult {
  out: string;
  state: TrainerState;
  parameters: number;
}

/**
 * Trains a model on text files, or goes on with a run: a run folder with checkpoints and metrics comes of it.
 *
 * @throws ConfigError, DataError or CheckpointError before work starts, if an option, a text or the folder can't be used.
 * @throws TrainingError if the loss is no longer a number; InterruptedError after saving, if `signal` asked to stop.
 */
export async function train(options: TrainOptions, listeners: TrainListeners = {}): Promise<TrainResult> {
  checkEarly(options);
  if (!options.resume) requireFreeFolder(options.out, options);
  const run = options.resume ? openRun(options.out) : undefined;
  try {
    const backend = await useBackend(options.backend ?? (run && (asRecord(run).backend as "auto")));
    return run ? await resume(run, options, { backend, listeners }) : await start(options, { backend, listeners });
  } finally {
    run?.release();
  }
}

interface Surroundings {
  backend: ActiveBackend;
  listeners: TrainListeners;
}

async function start(options: TrainOptions, around: Surroundings): Promise<TrainResult> {
  const { out, tokenizer = "char", unknownToken = false, overwrite = false } = options;
  const training = trainingConfig(options.training);
  checkTogether(training, options);
  const corpus = await openTexts(options, namedTokenizer(tokenizer, unknownToken), options);
  try {
    const model = modelConfig({ ...options.model, vocabSize: corpus.tokenizer.vocabSize });
    const { data = [], valData, valFraction } = options;
    const { files } = corpus;
    const asked = { data, valData, valFraction, tokenizer, unknownToken, model, training, keep: options.keep ?? 3 };
    const record: RunRecord = { ...asked, files, backend: around.backend.name, versions: versions() };
    const run = createRun(out, JSON.parse(JSON.stringify(record)), { overwrite });
    try {
      return await work(options, { ...around, run, record, corpus, training });
    } finally {
      run.release();
    }
  } finally {
    corpus.close();
  }
}

async function resume(run: Run, options: TrainOptions, around: Surroundings): Promise<TrainResult> {
  const record = asRecord(run);
  const training = resumedTraining(record, options);
  checkTogether(training, options);
  const saved = checkpointSteps(run.folder).length > 0;
  const checkpoint = saved ? loadCheckpoint(run.folder, { prefer: "latest", optimizer: true }) : undefined;
  const tokenizer = checkpoint?.tokenizer
    ? tokenizerFromJson(checkpoint.tokenizer)
    : namedTokenizer(record.tokenizer, record.unknownToken);
  if (checkpoint) requireStepsLeft(training.steps, checkpoint.step);
  const { data = record.data, valData = record.valData, keep = record.keep, out } = options;
  const corpus = await openTexts({ data, valData, valFraction: record.valFraction, out }, tokenizer, record);
  try {
    requireSameTexts(record, corpus);
    const now: RunRecord = { ...record, training, keep };
    rewriteRun(run.folder, JSON.parse(JSON.stringify(now)));
    trimMetrics(run.folder, checkpoint?.step ?? 0);
    return await work(options, { ...around, run, record: now, corpus, training, checkpoint });
  } finally {
    corpus.close();
  }
}

/** Trains in a run folder that is held, on texts that are open. */
async function work(
  options: TrainOptions,
  job: Surroundings & {
    run: Run;
    record: RunRecord;
    corpus: Corpus;
    training: TrainingConfig;
    checkpoint?: ResumableCheckpoint;
  },
): Promise<TrainResult> {
  const { record, corpus, training, checkpoint, listeners } = job;
  const { folder } = job.run;
  const model = new Transformer(record.model, { seed: training.seed });
  const trainer = new Trainer(model, training, { compiled: options.compiled });
  try {
    if (checkpoint) {
      model.load(checkpoint.weights);
      trainer.step.optimizer.load(checkpoint.optimizer);
    }
    const state = checkpoint?.trainerState as TrainerState | undefined;
    const parameters = [...model.weights.values()].reduce((sum, w) => sum + w.size, 0);
    listeners.onStart?.({
      ...{ backend: job.backend, step: state?.step ?? 0, parameters, training, notes: corpus.notes },
      ...{ vocabSize: corpus.tokenizer.vocabSize },
      tokens: { train: corpus.train.length, validation: corpus.validation?.length ?? 0 },
    });
    const final = await trainer.run({
      ...batches(corpus, record, training),
      state,
      signal: options.signal,
      onStep: (progress) => {
        if (isLogged(progress, training)) appendMetrics(folder, metricsOf(progress));
        listeners.onStep?.(progress);
      },
      onSave: (state, best) => {
        const saved = saveCheckpoint(folder, content(model, trainer, corpus.tokenizer, state), {
          keep: record.keep,
          best,
        });
        listeners.onSave?.(saved, best);
      },
      onSample: async (step) => {
        const decoder = new Decoder(model, { compiled: false }); // too short a text to be worth a graph
        let text = "";
        for await (const piece of generateText(model, corpus.tokenizer, { seed: training.seed, decoder }))
          text += piece;
        decoder.dispose();
        listeners.onSample?.(step, text);
      },
    });
    return { out: folder, state: final, parameters };
  } finally {
    trainer.dispose();
    model.dispose();
  }
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

function content(model: Transformer, trainer: Trainer, tokenizer: Tokenizer, state: TrainerState) {
  return {
    step: state.step,
    config: model.config,
    tokenizer: tokenizer.toJSON(),
    tokenizerConfig: tokenizerConfigJson(tokenizer),
    weights: model.read(),
    optimizer: trainer.step.optimizer.read(),
    trainerState: { ...state },
    generation: {},
  };
}

/** Steps whose figures go to metrics.jsonl beside those that validate. */
const logEvery = 10;

function isLogged({ step, valLoss }: Progress, { steps }: TrainingConfig): boolean {
  return step % logEvery === 0 || step === 1 || step === steps || valLoss !== undefined;
}

function metricsOf({ step, tokens, trainLoss, valLoss, learningRate, gradNorm, tokensPerSecond, elapsed }: Progress) {
  const rounded = { tokensPerSecond: Math.round(tokensPerSecond), elapsed: Math.round(elapsed * 1000) / 1000 };
  return { step, tokens, trainLoss, ...(valLoss !== undefined && { valLoss }), learningRate, gradNorm, ...rounded };
}

function openTexts(
  { data = [], valData, valFraction, out }: Pick<TrainOptions, "data" | "valData" | "valFraction" | "out">,
  tokenizer: Parameters<typeof openCorpus>[0]["tokenizer"],
  { model = {} }: Pick<TrainOptions, "model">,
): Promise<Corpus> {
  const { contextLength } = modelConfig({ ...model, vocabSize: 2 });
  const cacheFolder = dirname(out); // on a disk, where the system's folder for temporary files may be memory
  return openCorpus({ files: data, valFiles: valData, valFraction, tokenizer, contextLength, cacheFolder });
}
