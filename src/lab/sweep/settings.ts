import { modelFlagFields, trainingFlagFields } from "../../config/flagNames.js";
import { type ModelConfig, modelConfig, modelDefaults } from "../../config/model.js";
import { type TrainingConfig, trainingConfig, trainingDefaults } from "../../config/training.js";
import { show } from "../../core/checks.js";
import { ConfigError } from "../../core/errors.js";
import { nearest } from "../../core/nearest.js";

export type SettingValue = number | string | boolean;

/** What a trial varies, by the names of the flags: `{ heads: 4, lr: 0.001 }`. */
export type TrialSettings = Record<string, SettingValue>;

/** The settings of a trial as the fields that they set. */
export interface Fields {
  model: Partial<ModelConfig>;
  training: Partial<TrainingConfig>;
}

const fields: Record<string, string> = { ...modelFlagFields, ...trainingFlagFields };
const defaults: Record<string, unknown> = { ...modelDefaults, ...trainingDefaults };

/** Numbers that need not be whole. */
const real = new Set(["dropout", "lr", "min-lr", "weight-decay", "beta1", "beta2", "clip"]);

/** Numbers of which the order of magnitude matters. */
const logarithmic = new Set(["lr", "min-lr"]);

export const isWhole = (key: string): boolean => !real.has(key);
export const isLogarithmic = (key: string): boolean => logarithmic.has(key);
export const isNumber = (key: string): boolean => typeof (defaults[fields[key]!] ?? 0) === "number";

/** `key` if it names a setting that trials may vary, else a ConfigError that names the nearest. */
export function requireSetting(where: string, key: string): string {
  if (key === "seed") throw new ConfigError(`${where} must not vary seed: that is what --seeds is for`);
  if (Object.hasOwn(fields, key)) return key;
  const known = Object.keys(fields).filter((name) => name !== "seed");
  throw new ConfigError(`${where}: there is no setting ${show(key)} (did you mean ${nearest(key, known)}?)`);
}

/**
 * The value that a text, or a JSON value, gives to a setting.
 *
 * @throws ConfigError if the setting can't have that value, whatever the others are.
 */
export function settingValue(key: string, given: unknown): SettingValue {
  const value = parsed(key, typeof given === "string" ? given.trim() : given);
  const field = fields[key]!;
  if (Object.hasOwn(modelFlagFields, key)) {
    // A width that any number of heads divides, so that the one field alone is judged.
    const fitting = key === "heads" ? { hiddenDim: Math.max(1, Math.floor(value as number)) } : { numHeads: 1 };
    modelConfig({ vocabSize: 2, ...fitting, [field]: value });
  } else {
    trainingConfig({ learningRate: Number.MAX_VALUE, [field]: value });
  }
  return value;
}

function parsed(key: string, given: unknown): SettingValue {
  const refuse = (kind: string) => new ConfigError(`${key} must be ${kind}: got ${show(given)}`);
  if (isNumber(key)) {
    const value = typeof given === "string" && given !== "" ? Number(given) : given;
    if (typeof value !== "number" || Number.isNaN(value)) throw refuse("a number");
    return value;
  }
  if (typeof defaults[fields[key]!] === "boolean") {
    const value = given === "true" ? true : given === "false" ? false : given;
    if (typeof value !== "boolean") throw refuse("true or false");
    return value;
  }
  if (typeof given !== "string") throw refuse("a name");
  return given;
}

/** The fields that settings set. */
export function fieldsOf(settings: TrialSettings): Fields {
  const of = (flags: Record<string, string>) => {
    const given = Object.entries(settings).filter(([key]) => Object.hasOwn(flags, key));
    return Object.fromEntries(given.map(([key, value]) => [flags[key]!, value]));
  };
  return { model: of(modelFlagFields), training: of(trainingFlagFields) };
}

/** `heads=4,dim=128`. */
export function settingsText(settings: TrialSettings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
