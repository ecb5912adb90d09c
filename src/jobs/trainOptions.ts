import { existsSync } from "node:fs";
import { requireBfloat16 } from "../backends/bfloat16.js";
import { type ConfigOf, checkGiven } from "../config/fields.js";
import { type ModelConfig, modelConfig, modelFields } from "../config/model.js";
import { dataFields, machineFields, outputFields } from "../config/run.js";
import type { TextSource } from "../config/textSource.js";
import { type TokenizerConfig, tokenizerFields } from "../config/tokenizerFields.js";
import { type TrainingConfig, trainingConfig, trainingFields } from "../config/training.js";
import { requireNamed } from "../core/checks.js";
import { ConfigError, DataError } from "../core/errors.js";
import { readJson } from "../core/strictJson.js";
import { defaultValFraction } from "../dataset/plan.js";
import type { RunRecord } from "../runs/runRecord.js";
import { tokenizerFromJson } from "../tokenizers/json.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";
import { type FitKindOptions, tokenizerKindNames } from "../tokenizers/tokenizers.js";

/** What is trained on what, and where it goes: rows of the field tables. Fields left out take their defaults. */
export interface TrainOptions extends Partial<ConfigOf<typeof trainOptionFields>> {
  /** The run folder. */
  out: string;
  /** The model's shape. */
  model?: Partial<ModelConfig>;
  /** How it is trained. */
  training?: Partial<TrainingConfig>;
  /** Stops the run after the step under way, which is saved. */
  signal?: AbortSignal;
}

/** The same as you may give them: one text needs no list. */
export interface TrainInput extends Omit<TrainOptions, "data" | "valData"> {
  data?: TextSource | TextSource[];
  valData?: TextSource | TextSource[];
}

const trainOptionFields = { ...dataFields, ...machineFields, ...outputFields };

/**
 * What `tokenizer` names: a kind to fit, or the tokenizer of a file.
 *
 * @throws ConfigError or DataError if there is neither, or the file is of another normal form than is asked for.
 */
export function namedTokenizer({
  tokenizer: name = tokenizerFields.tokenizer.default as string,
  unknownToken,
  normalize,
}: Partial<TokenizerConfig>): Tokenizer | FitKindOptions {
  const kind = tokenizerKindNames.find((known) => known === name);
  if (kind) return { kind, unknownToken, normalize };
  const tokenizer = tokenizerOfFile(name);
  if (normalize === undefined || normalize === tokenizer.normalize) return tokenizer;
  throw new ConfigError({ field: "normalize", rule: `be that of ${name}, ${tokenizer.normalize}`, value: normalize });
}

function tokenizerOfFile(name: string): Tokenizer {
  if (!existsSync(name)) {
    const kinds = tokenizerKindNames.join(", ");
    throw new ConfigError(`tokenizer must be one of ${kinds}, or a tokenizer.json that can be read: got "${name}"`);
  }
  try {
    return tokenizerFromJson(readJson(name), name);
  } catch (error) {
    if (error instanceof SyntaxError) throw new DataError(`${name} must be JSON: ${error.message}`);
    throw error;
  }
}

/**
 * Checks every option that can be checked before anything is read, so that mistakes show at once.
 *
 * @returns the options, each of its type: a single file as a list of one
 */
export function checkTrainOptions(options: TrainInput): TrainOptions {
  const { signal, ...rest } = options;
  const { model, training } = options;
  const checked = checkGiven(trainOptionFields, rest, {
    what: "train",
    within: { model: modelFields, training: trainingFields },
  });
  const out = requireNamed("out", checked.out, "name a run folder, such as models/mine");
  if (checked.resume && checked.overwrite) {
    throw new ConfigError("resume and overwrite can't both be set (--resume goes on, --overwrite starts anew)");
  }
  if (!checked.resume) {
    modelConfig({ vocabSize: 2, ...model });
    trainingConfig(training);
    if ((checked.data ?? []).length === 0) {
      throw new ConfigError({ field: "data", rule: "name at least one text file", got: "none" });
    }
  }
  return { ...checked, out, model, training, signal };
}

/** Settings that a resumed run may change: how long, how often to look, what to keep. */
const free = new Set(
  Object.entries(trainingFields)
    .filter(([, { resumable }]) => resumable)
    .map(([name]) => name),
);

/**
 * The training config of a resumed run: the recorded one, with what may change replaced.
 *
 * @throws ConfigError listing every given field that differs from the run and may not.
 */
export function resumedTraining(record: RunRecord, options: TrainOptions): TrainingConfig {
  const { model = {}, training = {}, tokenizer, unknownToken, normalize, valFraction, compiled, xla } = options;
  const differs = (given: object, there: object) =>
    Object.entries(given)
      .filter(([field, value]) => value !== undefined && !free.has(field))
      .filter(([field, value]) => (there as Record<string, unknown>)[field] !== value)
      .map(([field, value]) => `${field}: ${(there as Record<string, unknown>)[field]} in the run, ${value} asked for`);
  const all = [
    ...differs(model, record.model),
    ...differs(training, record.training),
    ...differs({ tokenizer, unknownToken }, record),
    ...differs({ valFraction }, { valFraction: record.valFraction ?? defaultValFraction }),
    ...differs({ normalize }, { normalize: record.normalize ?? "none" }),
    ...differs({ compiled, xla }, { compiled: record.compiled ?? true, xla: record.xla ?? "auto" }),
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
  { precision }: Pick<TrainingConfig, "precision">,
  { compiled = true }: Pick<TrainOptions, "compiled">,
): void {
  if (precision !== "bfloat16") return;
  requireBfloat16();
  if (!compiled) {
    throw new ConfigError("precision bfloat16 needs a compiled step: got compile false (leave --compile on)");
  }
}
