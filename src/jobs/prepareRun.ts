import { randomUUID } from "node:crypto";
import { type ActiveBackend, useBackend } from "../backends/choose.js";
import { modelConfig } from "../config/model.js";
import { trainingConfig } from "../config/training.js";
import { CheckpointError } from "../core/errors.js";
import { type Corpus, openCorpus } from "../dataset/corpus.js";
import { momentShapes } from "../model/weightShapes.js";
import { loadCheckpoint, type ResumableCheckpoint, type Resuming } from "../runs/checkpoint/checkpoint.js";
import { checkpointSteps } from "../runs/checkpoint/names.js";
import { openRun, type Run, requireFreeFolder } from "../runs/runFolder.js";
import { asRecord, type RunRecord, requireSameTexts, requireStepsLeft, versions } from "../runs/runRecord.js";
import { tokenizerFromJson } from "../tokenizers/json.js";
import { checkTogether, namedTokenizer, resumedTraining, type TrainOptions } from "./trainOptions.js";

/** A run that can begin or go on: everything is checked, and nothing is written yet. */
export interface PreparedRun {
  backend: ActiveBackend;
  /** The earlier run that goes on, which is held. */
  resumed?: Run;
  /** What run.json is to say. */
  record: RunRecord;
  corpus: Corpus;
  /** Where an earlier run goes on from. */
  checkpoint?: ResumableCheckpoint;
}

/**
 * Checks what is asked for besides its fields, opens the texts, and hands them to `use`; afterwards they are closed.
 *
 * @param cacheFolder where the ids of large texts go
 * @throws ConfigError, DataError or CheckpointError if an option, a text or the folder can't be used.
 */
export async function withPreparedRun<T>(
  options: TrainOptions,
  cacheFolder: string,
  use: (prepared: PreparedRun) => T | Promise<T>,
): Promise<T> {
  if (!options.resume) requireFreeFolder(options.out, options);
  const run = options.resume ? openRun(options.out) : undefined;
  try {
    const backend = await backendFor(options, run);
    const prepared = run
      ? { resumed: run, backend, ...(await prepareResumed(run, options, cacheFolder)) }
      : { backend, ...(await prepareNew(options, cacheFolder, backend)) };
    try {
      return await use(prepared);
    } finally {
      prepared.corpus.close();
    }
  } finally {
    run?.release();
  }
}

/** The backend that is asked for, or the one that an earlier run had. */
function backendFor({ backend }: TrainOptions, run: Run | undefined): Promise<ActiveBackend> {
  if (backend !== undefined || !run) return useBackend(backend);
  return useBackend(asRecord(run).backend, { why: "the run was begun on it" });
}

type Prepared = Omit<PreparedRun, "backend" | "resumed">;

async function prepareNew(options: TrainOptions, cacheFolder: string, backend: ActiveBackend): Promise<Prepared> {
  const { data = [], valData, valFraction, tokenizer = "char", unknownToken = false } = options;
  const { keep = 3, tensorboard, compiled, xla } = options;
  const training = trainingConfig(options.training);
  checkTogether(training, options);
  const texts = { data, valData, valFraction, model: options.model, cacheFolder };
  const corpus = await openTexts(texts, namedTokenizer(tokenizer, unknownToken));
  const model = modelConfig({ ...options.model, vocabSize: corpus.tokenizer.vocabSize });
  const asked = { data, valData, valFraction, tokenizer, unknownToken, model, training, keep, tensorboard };
  const made = { files: corpus.files, backend: backend.name, compiled, xla, versions: versions() };
  return { corpus, record: { id: randomUUID(), ...asked, ...made } };
}

async function prepareResumed(run: Run, options: TrainOptions, cacheFolder: string): Promise<Prepared> {
  const record = asRecord(run);
  const training = resumedTraining(record, options);
  checkTogether(training, options);
  const saved = checkpointSteps(run.folder).length > 0;
  const checkpoint = saved ? loadCheckpoint(run.folder, { prefer: "latest", resume: resuming(record) }) : undefined;
  const tokenizer = checkpoint?.tokenizer
    ? tokenizerFromJson(checkpoint.tokenizer)
    : namedTokenizer(record.tokenizer, record.unknownToken);
  if (checkpoint) {
    requireStepsLeft(training.steps, checkpoint.step);
    requireSameVocabulary(checkpoint, tokenizer);
  }
  const { data = record.data, valData = record.valData } = options;
  const { keep = record.keep, tensorboard = record.tensorboard } = options;
  const texts = { data, valData, valFraction: record.valFraction, model: record.model, cacheFolder };
  const corpus = await openTexts(texts, tokenizer);
  try {
    requireSameTexts(record, corpus);
  } catch (error) {
    corpus.close();
    throw error;
  }
  return { corpus, checkpoint, record: { ...record, training, keep, tensorboard } };
}

/** What a checkpoint must hold for the run to go on. */
function resuming({ id, model }: RunRecord): Resuming {
  const config = modelConfig(model);
  return { run: id, config, stateShapes: () => momentShapes(config) };
}

/** @throws CheckpointError if the tokenizer of a checkpoint is not the one that its model was begun with. */
function requireSameVocabulary({ folder, config }: ResumableCheckpoint, tokenizer: object): void {
  const vocabSize = "vocabSize" in tokenizer ? tokenizer.vocabSize : config.vocabSize;
  if (vocabSize === config.vocabSize) return;
  throw new CheckpointError({
    where: folder,
    field: "tokenizer.json",
    rule: `know the ${config.vocabSize} tokens that the model has`,
    got: `${vocabSize}`,
    remedy: "copy the checkpoint again, or resume from another",
  });
}

function openTexts(
  { data = [], valData, valFraction, model, cacheFolder }: Partial<TrainOptions> & { cacheFolder: string },
  tokenizer: Parameters<typeof openCorpus>[0]["tokenizer"],
): Promise<Corpus> {
  const { contextLength } = modelConfig({ ...model, vocabSize: 2 });
  return openCorpus({ files: data, valFiles: valData, valFraction, tokenizer, contextLength, cacheFolder });
}
