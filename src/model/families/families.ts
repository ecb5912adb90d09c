import type { ModelConfig } from "../../config/model.js";
import { CheckpointError, ConfigError } from "../../core/errors.js";
import type { JsonObject } from "../../core/strictJson.js";
import { cannotExpress, type Family } from "./family.js";
import { gpt2 } from "./gpt2.js";
import { checkedConfig, heed, parseStoredConfig, storedConfig } from "./heed.js";

/** Every family; a model is saved as one of the first that can express it, and the last expresses all. */
const families: readonly Family[] = [gpt2, heed];

const names = families.map(({ name }) => name);

/**
 * The family to write `config` as: the one of this `name`, else the first that can express it.
 *
 * @throws ConfigError naming the field and value that the family of this name can't express.
 */
export function familyFor(config: ModelConfig, name?: string): Family {
  const family = families.find((one) => (name === undefined ? !cannotExpress(one, config) : one.name === name));
  if (!family) throw new ConfigError({ field: "family", rule: `be one of ${names.join(", ")}`, value: name });
  const refusal = cannotExpress(family, config);
  if (refusal) throw new ConfigError(refusal);
  return family;
}

/** config.json: what the family says, which other programs read, and the complete ModelConfig under `heed`. */
export function configJson(family: Family, config: ModelConfig): JsonObject {
  return { ...family.configJson(config), heed: storedConfig(config) };
}

/**
 * The family and the model of a config.json, and what the user should know about it. Its field `heed` must agree with
 * the rest, but for what other programs change in a model that they keep: its vocabulary, padded, and its dropout.
 *
 * @throws CheckpointError naming `where`, the field, what heed can represent and the value received.
 */
export function readConfig(
  json: JsonObject,
  where: string,
): { family: Family; config: ModelConfig; notes: readonly string[] } {
  const family = families.find(({ name }) => name === json.model_type);
  if (!family) {
    throw new CheckpointError({
      where,
      field: "model_type",
      rule: `be one of ${names.join(", ")}`,
      value: json.model_type,
      remedy: "heed loads models of these families",
    });
  }
  const there = family.complete(json);
  const said = family.readConfig(there, where);
  if (json.heed === undefined) return { family, config: checkedConfig(said.config, where), notes: said.notes };
  const { vocabSize, dropout } = said.config;
  const config = checkedConfig({ ...parseStoredConfig(json.heed, where), vocabSize, dropout }, where);
  const refusal = cannotExpress(family, config);
  if (refusal) throw new CheckpointError({ where, ...refusal });
  for (const [name, expected] of Object.entries(family.complete(family.configJson(config)))) {
    if (there[name] === expected || family.trainingFields.includes(name)) continue;
    throw new CheckpointError(
      `${where}: ${name} must agree with the field heed: got ${JSON.stringify(there[name])} and ${JSON.stringify(expected)}` +
        ` (remove the field heed to load it as a plain ${family.name})`,
    );
  }
  return { family, config, notes: said.notes };
}
