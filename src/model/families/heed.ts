import { type ModelConfig, modelConfig, modelFields } from "../../config/model.js";
import { CheckpointError, ConfigError } from "../../core/errors.js";
import { isObject, type JsonObject } from "../../core/strictJson.js";
import { weightShapes } from "../weightShapes.js";
import type { Family } from "./family.js";

/** Every model of heed, under heed's own names: what is written where no family that others know can express it. */
export const heed: Family = {
  name: "heed",
  expresses: "everything",
  configJson: () => ({ model_type: "heed" }),
  complete: (json) => json,
  trainingFields: [],
  readConfig: (json, where) => ({ config: parseStoredConfig(json.heed, where), notes: [] }),
  fileShapes: weightShapes,
  toFile: (weights) => weights,
  fromFile: (tensors) => tensors,
  usualName: (name) => name,
  ignores: () => false,
};

/** The fields that every config of heed on a disk has; those that came later are left out where they have their default. */
const firstFields = [
  "vocabSize",
  "contextLength",
  "numLayers",
  "numHeads",
  "hiddenDim",
  "intermediateDim",
  "positions",
  "activation",
  "bias",
  "tie",
  "dropout",
] as const satisfies (keyof ModelConfig)[];

/** `config` as config.json holds it, under `heed`. */
export function storedConfig(config: ModelConfig): JsonObject {
  const first = Object.fromEntries(firstFields.map((name) => [name, config[name]]));
  const usual: JsonObject = { ...usualFields(first) };
  const later = Object.entries(config).filter(([name, value]) => !Object.hasOwn(first, name) && value !== usual[name]);
  return { ...first, ...Object.fromEntries(later) };
}

/** What the fields left out mean; nothing if these alone break a rule. */
function usualFields(first: object): Partial<ModelConfig> {
  try {
    return modelConfig(first as ModelConfig);
  } catch {
    return {};
  }
}

/**
 * The ModelConfig that {@link storedConfig} made.
 *
 * @throws CheckpointError naming `where`, the field, its rule and the value received.
 */
export function parseStoredConfig(value: unknown, where: string): ModelConfig {
  if (!isObject(value)) throw new CheckpointError({ where, field: "heed", rule: "be an object", value });
  const missing = firstFields.find((name) => value[name] === undefined);
  if (missing) throw new CheckpointError(`${where}: heed must have the field ${missing}`);
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(modelFields, name));
  if (unknown !== undefined) {
    throw new CheckpointError(`${where}: heed has a field that this version does not know: ${unknown} (update heed)`);
  }
  return checkedConfig(value as unknown as ModelConfig, where);
}

/** @throws CheckpointError naming `where` if a field of `config` breaks its rule. */
export function checkedConfig(config: ModelConfig, where: string): ModelConfig {
  // modelConfig would take null for a field left out, and fill in heed's default.
  const empty = Object.entries(config).find(([, value]) => value === null);
  if (empty) throw new CheckpointError({ where, field: empty[0], rule: "have a value", value: null });
  try {
    return modelConfig(config);
  } catch (error) {
    if (error instanceof ConfigError) throw new CheckpointError(`${where}: ${error.message}`);
    throw error;
  }
}
