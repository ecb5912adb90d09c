import { ConfigError } from "../core/errors.js";
import { type ConfigOf, completeConfig, integer, number, texts } from "./fields.js";

/** How text is drawn from a model. */
export const generationFields = {
  maxNewTokens: integer({ flag: "max-new-tokens", help: "Tokens to write at most", default: 200, most: 1e9 }),
  temperature: number({
    flag: "temperature",
    help: "Divides the logits: below 1 safer, above 1 wilder, 0 always the likeliest",
    default: 0.8,
    most: 100,
  }),
  topK: integer({ flag: "top-k", help: "Only the K likeliest tokens; 0: all", default: 0, least: 0 }),
  topP: number({
    flag: "top-p",
    help: "Only the likeliest tokens that together hold this probability; 1: all",
    default: 1,
    above: true,
    most: 1,
  }),
  minP: number({
    flag: "min-p",
    help: "Only tokens at least this share as likely as the likeliest; 0: all",
    default: 0,
    most: 1,
  }),
  repetitionPenalty: number({
    flag: "repetition-penalty",
    help: "Divides the positive logits of tokens seen before, multiplies negative ones; 1: neither",
    default: 1,
    above: true,
  }),
  stop: texts({
    flag: "stop",
    help: "Texts that end an answer; they are not part of it",
    default: [],
    defaultText: "none",
  }),
  numSamples: integer({ flag: "num-samples", help: "Answers to draw", default: 1, most: 10_000 }),
  seed: integer({
    flag: "seed",
    help: "The same seed gives the same text",
    default: 1337,
    least: 0,
    most: 2 ** 31 - 1,
  }),
};

export type GenerationConfig = ConfigOf<typeof generationFields>;

/**
 * A complete, checked GenerationConfig from the fields given; defaults fill in the rest.
 *
 * @throws ConfigError naming the field, its rule and the value received.
 */
export function generationConfig(given: Partial<GenerationConfig> = {}, where?: string): GenerationConfig {
  const config = completeConfig(generationFields, given, { where, what: "generate" });
  if (config.stop.includes("")) {
    throw new ConfigError({ where, field: "stop", rule: "be a text of at least one character", value: "" });
  }
  return config;
}
