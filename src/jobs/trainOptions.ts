import { readFileSync } from "node:fs";
import { requireBfloat16 } from "../backends/bfloat16.js";
import type { BackendChoice } from "../backends/choose.js";
import { type ModelConfig, modelConfig } from "../config/model.js";
import { type TrainingConfig, trainingConfig } from "../config/training.js";
import { type XlaChoice, xlaChoices } from "../config/xla.js";
import { requireInteger, requireOneOf, requirePositive } from "../core/checks.js";
import { ConfigError, DataError } from "../core/errors.js";
import type { RunRecord } from "../runs/runRecord.js";
import { tokenizerFromJson } from "../tokenizers/json.js";
import { type Tokenizer, type TokenizerKind, tokenizerKinds } from "../tokenizers/tokenizer.js";

/** What is trained on what, and where it goes. Fields left out take their defaults. */
export interface TrainOptions {
  /** Text files to train on. Needed unless a run is resumed. */
  data?: string[];
  /** Text files to validate on. @default the held-out text that the corpus names, else the last tenth of the data */
  valData?: string[];
  /** Share of the data, at its end, to validate on. */
  valFraction?: number;
  /** The run folder. */
  out: string;
  /** `char`, `word`, or a tokenizer.json. @default "char" */
  tokenizer?: string;
  /** Whether what the tokenizer does not know becomes `<unk>`; else it is refused. @default false */
  unknownToken?: boolean;
  /** The model's shape. */
  model?: Partial<ModelConfig>;
  /** How it is trained. */
  training?: Partial<TrainingConfig>;
  /**
   * Ends the run after so many seconds of training, with a validation and a checkpoint; the learning rate falls over
   * this time. @default no limit, or that of a resumed run
   */
  seconds?: number;
  /** Checkpoints to keep beside the best. @default 3 */
  keep?: number;
  /**
   * Whether files of events for TensorBoard are written beside metrics.jsonl.
   * @default false, or what a resumed run began with
   */
  tensorboard?: boolean;
  /** @default "auto" */
  backend?: BackendChoice;
  /** Whether a step runs as one graph, where the backend has graphs. @default true */
  compiled?: boolean;
  /**
   * Whether XLA compiles the step, which takes seconds. `auto` leaves it off: TensorFlow's own products side by side
   * were faster wherever it was measured. @default "auto"
   */
  xla?: XlaChoice;
  /** Whether to go on with the run in `out`. @default false */
  resume?: boolean;
  /** Whether to delete an earlier run in `out`. @default false */
  overwrite?: boolean;
  /** Stops the run after the step under way, which is saved. */
  signal?: AbortSignal;
}

/** What `tokenizer` names: a kind to fit, or the tokenizer of a file. */
export function namedTokenizer(
  name: string,
  unknownToken: boolean,
): Tokenizer | { kind: TokenizerKind; unknownToken: boolean } {
  if ((tokenizerKinds as readonly string[]).includes(name)) return { kind: name as TokenizerKind, unknownToken };
  let text: string;
  try {
    text = readFileSync(name, "utf8");
  } catch {
    const kinds = tokenizerKinds.join(", ");
    throw new ConfigError(`tokenizer must be one of ${kinds}, or a tokenizer.json that can be read: got "${name}"`);
  }
  try {
    return tokenizerFromJson(JSON.parse(text), name);
  } catch (error) {
    if (error instanceof SyntaxError) throw new DataError(`${name} must be JSON: ${error.message}`);
    throw error;
  }
}

/** Checks every option that can be checked before anything is read, so that mistakes show at once. */
export function checkEarly(options: TrainOptions): void {
  if (options.keep !== undefined) requireInteger("keep", options.keep);
  if (options.xla !== undefined) requireOneOf("xla", options.xla, xlaChoices);
  if (options.seconds !== undefined) requirePositive("seconds", options.seconds);
  if (!options.resume) {
    modelConfig({ vocabSize: 2, ...options.model });
    trainingConfig(options.training);
    if ((options.data ?? []).length === 0) {
      throw new ConfigError("data must name at least one text file: got none (add --data FILE)");
    }
  }
  if (options.resume && options.overwrite) {
    throw new ConfigError("resume and overwrite can't both be set (--resume goes on, --overwrite starts anew)");
  }
}

/** Settings that a resumed run may change: how long, how often to look, what to keep. */
const free = new Set(["steps", "evalEvery", "evalBatches", "saveEvery", "sampleEvery"]);

/**
 * The training config of a resumed run: the recorded one, with what may change replaced.
 *
 * @throws ConfigError listing every given field that differs from the run and may not.
 */
export function resumedTraining(record: RunRecord, options: TrainOptions): TrainingConfig {
  const { model = {}, training = {}, tokenizer, unknownToken, valFraction } = options;
  const differs = (given: object, there: object) =>
    Object.entries(given)
      .filter(([field, value]) => value !== undefined && !free.has(field))
      .filter(([field, value]) => (there as Record<string, unknown>)[field] !== value)
      .map(([field, value]) => `${field}: ${(there as Record<string, unknown>)[field]} in the run, ${value} asked for`);
  const all = [
    ...differs(model, record.model),
    ...differs(training, record.training),
    ...differs({ tokenizer, unknownToken, valFraction }, record),
  ];
  if (all.length > 0) {
    throw new ConfigError(
      `resume must keep the run's settings:\n  ${all.join("\n  ")}\n(leave these flags out, or start a new run with another --out)`,
    );
  }
  const changed = Object.entries(training).filter(([field, value]) => value !== undefined && free.has(field));
  return trainingConfig({ ...record.training, ...Object.fromEntries(changed) });
}

/**
 * Checks of the settings as they will be used, a resumed run's too, with the backend in use.
 *
 * @throws ConfigError if they don't go together.
 */
export function checkTogether(
  { precision }: TrainingConfig,
  { compiled = true }: Pick<TrainOptions, "compiled">,
): void {
  if (precision !== "bfloat16") return;
  requireBfloat16();
  if (!compiled) {
    throw new ConfigError("precision bfloat16 needs a compiled step: got compile false (leave --compile on)");
  }
}
