import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { type ActiveBackend, useBackend } from "../backends/choose.js";
import { limitThreads } from "../backends/threads.js";
import { type ModelConfig, modelConfig } from "../config/model.js";
import { noPath, pathOf } from "../config/textSource.js";
import type { TokenizerConfig } from "../config/tokenizerFields.js";
import { trainingConfig } from "../config/training.js";
import { CheckpointError, DataError } from "../core/errors.js";
import { type Corpus, openCorpus } from "../dataset/corpus.js";
import type { Reading } from "../dataset/plan.js";
import { optimizers } from "../optimizers/optimizers.js";
import { loadCheckpoint, type ResumableCheckpoint, type Resuming } from "../runs/checkpoint/checkpoint.js";
import { checkpointSteps } from "../runs/checkpoint/names.js";
import { openRun, type Run, requireFreeFolder } from "../runs/runFolder.js";
import { type RunRecord, requireSameTexts, requireStepsLeft } from "../runs/runRecord.js";
import { versions } from "../runs/versions.js";
import { tokenizerFromJson } from "../tokenizers/json.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";
import { checkTogether, namedTokenizer, resumedTraining, type TrainOptions } from "./trainOptions.js";

/** A run that can begin or go on: everything is checked, and nothing is written yet. */
export interface PreparedRun {
  backend: ActiveBackend;
  /** What run.json is to say: what is done follows from it alone. */
  record: RunRecord;
  corpus: Corpus;
  /** The earlier run that goes on, which is held, and its latest checkpoint, if it has saved one. */
  resumed?: { run: Run; checkpoint?: ResumableCheckpoint };
  /** Closes the texts, and lets others use the earlier run. */
  close(): void;
}

/**
 * Checks what is asked for and opens the texts.
 *
 * @param options as `checkTrainOptions` returns them
 * @param cacheFolder where the ids of large texts go
 * @throws ConfigError, DataError, CheckpointError or FileError if an option, a text or the folder can't be used.
 */
export async function prepareRun(options: TrainOptions, cacheFolder: string): Promise<PreparedRun> {
  limitThreads(options.threads);
  if (options.resume) return prepareResumed(options, cacheFolder);
  requireFreeFolder(options.out, options);
  return prepareNew(options, cacheFolder);
}

async function prepareNew(options: TrainOptions, cacheFolder: string): Promise<PreparedRun> {
  const { data = [], valData, valFraction, tokenizer = "char", unknownToken = false } = options;
  const { keep = 3, tensorboard, compiled, xla } = options;
  const training = trainingConfig(options.training);
  const backend = await useBackend(options.backend);
  checkTogether(training, options);
  const { corpus, model } = await openTexts(options, cacheFolder);
  const record: RunRecord = {
    id: randomUUID(),
    data: data.map(pathOf),
    valData: valData?.map(pathOf),
    valFraction,
    tokenizer,
    unknownToken,
    normalize: corpus.tokenizer.normalize,
    reading: "each",
    model,
    training,
    keep,
    tensorboard,
    files: corpus.files,
    backend: backend.name,
    compiled,
    xla,
    versions: versions(),
  };
  return { backend, record, corpus, close: () => corpus.close() };
}

/** @throws DataError if the tokenizer is another than the one the run began with. */
function requireSameTokens({ model, tokenizer }: RunRecord, vocabSize: number): void {
  if (vocabSize === model.vocabSize) return;
  throw new DataError(
    `tokenizer ${tokenizer} must be the one that the run began with, of ${model.vocabSize} tokens: got ${vocabSize} (put it back, or start a new run)`,
  );
}

async function prepareResumed(options: TrainOptions, cacheFolder: string): Promise<PreparedRun> {
  const run = openRun(options.out);
  try {
    const before = run.record;
    const training = resumedTraining(before, options);
    const backend =
      options.backend === undefined
        ? await useBackend(before.backend, { why: "the run was begun on it" })
        : await useBackend(options.backend);
    checkTogether(training, before);
    const saved = checkpointSteps(run.folder).length > 0;
    const checkpoint = saved ? loadCheckpoint(run.folder, { prefer: "latest", resume: resuming(before) }) : undefined;
    const {
      data = before.data,
      valData = before.valData,
      keep = before.keep,
      tensorboard = before.tensorboard,
    } = options;
    const paths = { data: data.map(pathOf), valData: valData?.map(pathOf) };
    const record = { ...before, ...paths, training, keep, tensorboard };
    const tokenizer = checkpoint?.tokenizer && tokenizerFromJson(checkpoint.tokenizer);
    if (checkpoint) {
      requireStepsLeft(training.steps, checkpoint.step);
      if (tokenizer) requireSameVocabulary(checkpoint, tokenizer);
    }
    requireTextsThere(before, options);
    const texts = { ...record, reading: before.reading ?? ("joined" as const), data, valData };
    const { corpus } = await openTexts(texts, cacheFolder, tokenizer);
    const close = () => {
      corpus.close();
      run.release();
    };
    try {
      requireSameTexts(before, corpus);
      requireSameTokens(before, corpus.tokenizer.vocabSize);
    } catch (error) {
      close();
      throw error;
    }
    return { backend, record: { ...record, files: corpus.files }, corpus, resumed: { run, checkpoint }, close };
  } catch (error) {
    run.release();
    throw error;
  }
}

/** What decides which texts are read, how, and by which model. */
type TextOptions = Pick<TrainOptions, "data" | "valData" | "valFraction" | "model"> &
  Partial<TokenizerConfig> & { reading?: Reading };

/**
 * The texts of a training, by the tokenizer that is named or given, and the model for its vocabulary.
 *
 * @param cacheFolder where the ids of large texts go
 * @throws ConfigError or DataError if an option or a text can't be used; options of the model before a text is read.
 */
export async function openTexts(
  { data = [], valData, valFraction, reading, model: given, ...named }: TextOptions,
  cacheFolder?: string,
  tokenizer?: Tokenizer,
): Promise<{ corpus: Corpus; model: ModelConfig }> {
  const shape = modelConfig({ ...given, vocabSize: 2 });
  const corpus = await openCorpus({
    files: data,
    valFiles: valData,
    valFraction,
    tokenizer: tokenizer ?? namedTokenizer(named),
    contextLength: shape.contextLength,
    reading,
    cacheFolder,
  });
  try {
    return { corpus, model: modelConfig({ ...shape, vocabSize: corpus.tokenizer.vocabSize }) };
  } catch (error) {
    corpus.close();
    throw error;
  }
}

/** @throws DataError if a text is no longer where the run found it, and nothing says where it is now. */
function requireTextsThere(record: RunRecord, { data, valData }: TrainOptions): void {
  for (const { path, split } of record.files) {
    const field = split === "validation" && record.valData !== undefined ? "valData" : "data";
    if ((path !== noPath && existsSync(path)) || (field === "data" ? data : valData) !== undefined) continue;
    throw new DataError({
      field,
      rule: "name the texts that the run began with",
      got: path === noPath ? "none, and a text of it was no file" : `${path}, which is not there`,
      remedy: `give the same texts ${path === noPath ? "again" : "where they are now"}, with {${field}}`,
    });
  }
}

/** What a checkpoint must hold for the run to go on. */
function resuming({ id, model, training }: RunRecord): Resuming {
  return { run: id, config: model, stateShapes: optimizers[training.optimizer].stateShapes };
}

/** @throws CheckpointError if the tokenizer of a checkpoint is not the one that its model was begun with. */
function requireSameVocabulary({ folder, config }: ResumableCheckpoint, { vocabSize }: Tokenizer): void {
  if (vocabSize === config.vocabSize) return;
  throw new CheckpointError({
    where: folder,
    field: "tokenizer.json",
    rule: `know the ${config.vocabSize} tokens that the model has`,
    got: `${vocabSize}`,
    remedy: "copy the checkpoint again, or resume from another",
  });
}
