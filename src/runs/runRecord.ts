import { type ModelConfig, modelConfig } from "../config/model.js";
import { type NormalForm, normalForms } from "../config/tokenizerFields.js";
import { type TrainingConfig, trainingConfig } from "../config/training.js";
import { type XlaChoice, xlaChoices } from "../config/xla.js";
import { CheckpointError, ConfigError, DataError, HeedError } from "../core/errors.js";
import {
  aBoolean,
  aCount,
  aNumber,
  anObject,
  aPositiveCount,
  aSha256,
  aString,
  inside,
  listOf,
  objectOf,
  objectWith,
  oneOf,
  optional,
  type Parse,
  present,
} from "../core/parse.js";
import type { JsonObject } from "../core/strictJson.js";
import type { Corpus } from "../dataset/corpus.js";
import { type Reading, readings } from "../dataset/plan.js";

/** What run.json says was asked for: enough to start the same run again. */
export interface RunRecord {
  /** By which its checkpoints know the run; those of an earlier heed have none. */
  id?: string;
  /** The paths of the training texts; "-" for one in memory, which has to be given again. */
  data: string[];
  valData?: string[];
  valFraction?: number;
  tokenizer: string;
  unknownToken: boolean;
  normalize?: NormalForm;
  /** How the texts are read and split; "joined" in runs of an earlier heed, which lack it. */
  reading?: Reading;
  model: ModelConfig;
  training: TrainingConfig;
  keep: number;
  tensorboard?: boolean;
  files: { path: string; sha256: string; bytes: number; split: "train" | "validation" }[];
  backend: string;
  /** Whether its step may run as one graph, and whether XLA compiles that, where it was asked for. */
  compiled?: boolean;
  xla?: XlaChoice;
  versions: { heed: string; tfjs: string; node: string };
}

/** A config that a file holds, by the function that checks one. It is complete: null does not stand for a default. */
export function configBy<T>(complete: (given: JsonObject, where: string) => T): Parse<T> {
  return (value, place) => {
    const given = anObject(value, place);
    for (const [name, item] of Object.entries(given)) present(item, inside(place, name));
    try {
      return complete(given, `${place.where}: ${place.field}`);
    } catch (error) {
      throw error instanceof HeedError ? new CheckpointError(error.message, { cause: error }) : error;
    }
  };
}

const parseFields = objectOf<RunRecord>({
  id: optional(aString),
  data: listOf(aString),
  valData: optional(listOf(aString)),
  valFraction: optional(aNumber),
  tokenizer: aString,
  unknownToken: aBoolean,
  normalize: optional(oneOf(normalForms)),
  reading: optional(oneOf(readings)),
  model: configBy((given, where) => modelConfig(given as Partial<ModelConfig> & { vocabSize: number }, where)),
  training: configBy((given, where) => trainingConfig(given as Partial<TrainingConfig>, where)),
  keep: aPositiveCount,
  tensorboard: optional(aBoolean),
  files: listOf(
    objectOf<RunRecord["files"][number]>({
      path: aString,
      sha256: aSha256,
      bytes: aCount,
      split: oneOf(["train", "validation"]),
    }),
  ),
  backend: aString,
  compiled: optional(aBoolean),
  xla: optional(oneOf(xlaChoices)),
  versions: objectWith<RunRecord["versions"]>({ heed: aString, tfjs: aString, node: aString }),
});

/**
 * The record of a run from the value of its run.json.
 *
 * @throws CheckpointError naming the file and the field that breaks its rule.
 */
export function parseRunRecord(value: JsonObject, where: string): RunRecord {
  if (value.seconds !== undefined) {
    throw new CheckpointError({
      where,
      field: "seconds",
      rule: "be absent, as a run ends after its steps and not after a time",
      value: value.seconds,
      remedy: "start a new run with --steps, or resume with the version of heed that began it",
    });
  }
  return parseFields(value, { where, field: "" });
}

/** @throws DataError naming a text that is not the one the run began with. */
export function requireSameTexts(record: RunRecord, { files }: Corpus): void {
  const changed = record.files.findIndex(({ sha256, split }, i) => {
    return files[i]?.sha256 !== sha256 || files[i]?.split !== split;
  });
  if (changed >= 0) {
    const { path } = files[changed] ?? record.files[changed]!;
    throw new DataError(
      `${path} must be the text that the run began with: its hash is another (put it back, or start a new run)`,
    );
  }
  if (files.length === record.files.length) return;
  const more = files[record.files.length]!.path;
  throw new DataError(`${more} is not one of the texts that the run began with (leave it out, or start a new run)`);
}

/** @throws ConfigError if more steps are done than are asked for. */
export function requireStepsLeft(steps: number, done: number): void {
  if (steps >= done) return;
  throw new ConfigError({
    field: "steps",
    rule: `be at least the ${done} that are done`,
    value: steps,
    remedy: "raise it to go on",
  });
}
