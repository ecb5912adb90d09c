import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ConfigError, show } from "../core/errors.js";
import { packageRoot } from "../core/packageRoot.js";
import { readJson } from "../core/strictJson.js";
import { type ConfigOf, checkGiven, optional, requireObject, text, withoutImplied } from "./fields.js";
import { type ModelConfig, modelFields } from "./model.js";
import { tokenizerFields } from "./tokenizerFields.js";
import { type TrainingConfig, trainingFields } from "./training.js";

const { vocabSize, ...shapeFields } = modelFields; // the tokenizer decides the vocabulary

const settingsFields = {
  description: optional(text({ flag: "description", help: "What the settings are for, in one line" })),
  ...tokenizerFields,
};

/** What a preset or a `--config` file may set. */
export interface Settings extends Partial<ConfigOf<typeof settingsFields>> {
  model: Partial<ModelConfig>;
  training: Partial<TrainingConfig>;
}

const presetFolder = join(packageRoot, "models", "presets");

/** Names of the presets that come with heed. */
export function presetNames(): string[] {
  return readdirSync(presetFolder)
    .map((file) => file.replace(/\.json$/, ""))
    .sort();
}

/**
 * The settings of a preset.
 *
 * @throws ConfigError listing the presets if there is none of that name.
 */
export function preset(name: string): Settings {
  if (!presetNames().includes(name)) {
    throw new ConfigError(`preset must be one of ${presetNames().join(", ")}: got ${show(name)}`);
  }
  return settingsFile(join(presetFolder, `${name}.json`));
}

/**
 * The settings of a JSON file, `{ "model": { … }, "training": { … }, "tokenizer": … }`, every part optional; or those of
 * a run.json, so that another run can be like it.
 *
 * @throws ConfigError if the file is missing, is not JSON, or has a field that nothing reads or that breaks its rule.
 */
export function settingsFile(path: string): Settings {
  const value = readSettings(path);
  const { model = {}, training = {}, ...others } = isRunRecord(value) ? ofRun(value) : value;
  return {
    ...checkGiven(settingsFields, others, { where: path, within: { model: modelFields, training: trainingFields } }),
    model: checkGiven(shapeFields, model as object, { where: `${path}: model` }),
    training: checkGiven(trainingFields, training as object, { where: `${path}: training` }),
  };
}

function readSettings(path: string): Record<string, unknown> {
  if (!existsSync(path)) throw new ConfigError(`config must be a JSON file: there is no ${path}`);
  let value: unknown;
  try {
    value = readJson(path);
  } catch (error) {
    throw new ConfigError(`${path} must be JSON: ${(error as Error).message}`);
  }
  requireObject(value, path);
  return value;
}

function isRunRecord(value: Record<string, unknown>): boolean {
  return "versions" in value && "files" in value;
}

/** The settings of a run.json, without what followed from others: it follows again. */
function ofRun({ model = {}, training = {}, ...record }: Record<string, unknown>): Record<string, unknown> {
  const { vocabSize, ...shape } = model as Partial<ModelConfig>; // the new run's tokenizer decides it
  const { tokenizer, unknownToken, normalize } = record;
  return {
    model: withoutImplied(modelFields, shape),
    training: withoutImplied(trainingFields, training as object),
    tokenizer,
    unknownToken,
    normalize,
  };
}
