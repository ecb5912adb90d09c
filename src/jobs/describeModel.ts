import { useBackend } from "../backends/choose.js";
import { limitThreads } from "../backends/threads.js";
import { type ModelConfig, modelConfig } from "../config/model.js";
import type { TextSource } from "../config/textSource.js";
import type { TokenizerConfig } from "../config/tokenizerFields.js";
import { type TrainingConfig, trainingConfig } from "../config/training.js";
import { ConfigError } from "../core/errors.js";
import { loadCheckpoint } from "../runs/checkpoint/checkpoint.js";
import {
  type ModelSummary,
  type SummaryOptions,
  type SummarySubject,
  summarizeModel,
  trainingTexts,
} from "./modelSummary.js";
import { openTexts } from "./prepareRun.js";
import { checkTogether, namedTokenizer } from "./trainOptions.js";

export interface DescribeOptions extends SummaryOptions, Partial<TokenizerConfig> {
  /** A run or a checkpoint folder, whose model it is. */
  checkpoint?: string;
  /** Text files that the tokenizer is fitted to, and that training would go through. */
  data?: TextSource[];
  /** The model's shape. */
  model?: Partial<ModelConfig>;
  /** How it would be trained. */
  training?: Partial<TrainingConfig>;
  /** @default "auto" */
  backend?: string;
  /** Processor threads. @default HEED_THREADS, else all */
  threads?: number;
  /** Whether a step may run as one graph. @default true */
  compiled?: boolean;
}

/** Characters of an English text, where nothing says how many tokens there are. */
const assumedVocabSize = 65;

/**
 * A model's layers and weights, and what training and using it take. How many tokens it knows follows from a checkpoint,
 * from texts, from a tokenizer.json, or from `model.vocabSize`.
 *
 * @throws ConfigError, DataError or CheckpointError if an option, a text or a checkpoint can't be used.
 */
export async function describeModel(options: DescribeOptions): Promise<ModelSummary> {
  requireOneSource(options);
  modelConfig({ vocabSize: assumedVocabSize, ...options.model }); // mistakes show before anything is read
  const training = trainingConfig(options.training);
  limitThreads(options.threads);
  const backend = await useBackend(options.backend);
  checkTogether(training, options);
  return summarizeModel({ training, backend, ...(await subject(options, training)) }, options, options);
}

type Subject = Pick<SummarySubject, "model" | "data" | "notes">;

async function subject(options: DescribeOptions, training: TrainingConfig): Promise<Subject> {
  const { checkpoint, data, model: given = {} } = options;
  if (checkpoint !== undefined) {
    const { config, notes } = loadCheckpoint(checkpoint);
    return { model: config, notes };
  }
  if (data === undefined) {
    const named = namedTokenizer(options);
    if ("vocabSize" in named) refuseBeside("tokenizer", { vocabSize: given.vocabSize });
    const vocabSize = "vocabSize" in named ? named.vocabSize : given.vocabSize;
    const assumed = `vocabulary ${assumedVocabSize} is assumed, the characters of an English text (give --vocab-size, --data or --checkpoint)`;
    const model = modelConfig({ ...given, vocabSize: vocabSize ?? assumedVocabSize });
    return { model, notes: vocabSize === undefined ? [assumed] : [] };
  }
  const { corpus, model } = await openTexts(options);
  corpus.close();
  return { model, data: trainingTexts(corpus, { model, training, stepsDone: 0 }), notes: corpus.notes };
}

/** @throws ConfigError naming what says the same as another option. */
function requireOneSource({ checkpoint, data, tokenizer, model = {} }: DescribeOptions): void {
  if (checkpoint !== undefined) refuseBeside("checkpoint", { ...model, data, tokenizer });
  if (data !== undefined) refuseBeside("data", { vocabSize: model.vocabSize });
}

function refuseBeside(source: string, fields: object): void {
  const [field, value] = Object.entries(fields).find(([, value]) => value !== undefined) ?? [];
  if (field === undefined) return;
  throw new ConfigError({ field, rule: `not be given together with {${source}}`, value, remedy: "leave one out" });
}
