import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { show } from "../core/checks.js";
import { ConfigError } from "../core/errors.js";
import { nearest } from "../core/nearest.js";
import { packageRoot } from "../core/packageRoot.js";
import { type ModelConfig, modelDefaults } from "./model.js";
import { type TrainingConfig, trainingDefaults } from "./training.js";

/** What a preset or a `--config` file may set. */
export interface Settings {
  /** What it is for, in one line. */
  description?: string;
  tokenizer?: string;
  model: Partial<ModelConfig>;
  training: Partial<TrainingConfig>;
}

const presetFolder = join(packageRoot, "models", "presets");

const modelFields = [...Object.keys(modelDefaults), "intermediateDim"];
const trainingFields = [...Object.keys(trainingDefaults), "minLearningRate"];

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
 * The settings of a JSON file, `{ "model": { … }, "training": { … }, "tokenizer": … }`, every part optional.
 *
 * @throws ConfigError if the file is missing, is not JSON, or holds a field that nothing reads.
 */
export function settingsFile(path: string): Settings {
  if (!existsSync(path)) throw new ConfigError(`config must be a JSON file: there is no ${path}`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new ConfigError(`${path} must be JSON: ${(error as Error).message}`);
  }
  const top = fields(value, path, ["description", "tokenizer", "model", "training"]);
  const model = fields(top.model ?? {}, `${path}: model`, modelFields);
  const training = fields(top.training ?? {}, `${path}: training`, trainingFields);
  for (const name of ["description", "tokenizer"]) {
    if (top[name] !== undefined && typeof top[name] !== "string") {
      throw new ConfigError(`${path}: ${name} must be a text: got ${JSON.stringify(top[name])}`);
    }
  }
  return { ...(top as Partial<Settings>), model, training };
}

function fields(value: unknown, where: string, known: string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ConfigError(`${where} must be an object: got ${JSON.stringify(value)}`);
  }
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) {
      throw new ConfigError(`${where}: nothing reads ${show(name)} (did you mean ${show(nearest(name, known))}?)`);
    }
  }
  return value as Record<string, unknown>;
}
