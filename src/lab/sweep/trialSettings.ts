import { type Field, fieldOfFlag, parseField } from "../../config/fields.js";
import { type ModelConfig, modelFields } from "../../config/model.js";
import { type TrainingConfig, trainingFields } from "../../config/training.js";
import { ConfigError, show } from "../../core/errors.js";
import { nearest } from "../../core/nearest.js";

export type SettingValue = number | string | boolean;

/** What a trial varies, by the names of the flags: `{ heads: 4, lr: 0.001 }`. */
export type TrialSettings = Record<string, SettingValue>;

/** The settings of a trial as the fields that they set. */
export interface Fields {
  model: Partial<ModelConfig>;
  training: Partial<TrainingConfig>;
}

const all: Record<string, Field> = { ...modelFields, ...trainingFields };

/** The rows that a sweep may vary, by flag. */
const rows = new Map(
  Object.entries(all)
    .filter(([, { sweep }]) => sweep !== undefined)
    .map(([name, field]) => [field.flag, { name, field }]),
);

export const isWhole = (key: string): boolean => rows.get(key)!.field.kind === "integer";
export const isLogarithmic = (key: string): boolean => rows.get(key)!.field.sweep === "log";
export const isNumber = (key: string): boolean => ["integer", "number"].includes(rows.get(key)!.field.kind);

/** `key` if it names a setting that trials may vary, else a ConfigError that names the nearest. */
export function requireSetting(where: string, key: string): string {
  if (key === "seed") throw new ConfigError(`${where} must not vary seed: that is what --seeds is for`);
  if (rows.has(key)) return key;
  if (fieldOfFlag(all, key)) throw new ConfigError(`${where} must not vary ${key}: it does not change what is learned`);
  const near = all[key]?.flag ?? nearest(key, [...rows.keys()]);
  throw new ConfigError(`${where}: there is no setting ${show(key)} (did you mean ${near}?)`);
}

/**
 * The value that a text, or a JSON value, gives to a setting.
 *
 * @throws ConfigError if the setting can't have that value, whatever the others are.
 */
export function settingValue(key: string, given: unknown): SettingValue {
  const { field } = rows.get(key)!;
  return (typeof given === "string" ? parseField(field, key, given) : field.check(key, given)) as SettingValue;
}

/** The fields that settings set. */
export function fieldsOf(settings: TrialSettings): Fields {
  const of = (table: object) => {
    const given = Object.entries(settings).map(([key, value]) => [rows.get(key)!.name, value] as const);
    return Object.fromEntries(given.filter(([name]) => Object.hasOwn(table, name)));
  };
  return { model: of(modelFields), training: of(trainingFields) };
}

/** `heads=4,dim=128`. */
export function settingsText(settings: TrialSettings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
