import { definedFields, requireInteger, requirePositive, requireRange, show } from "../core/checks.js";
import { ConfigError } from "../core/errors.js";

/** How text is drawn from a model. */
export interface GenerationConfig {
  /** Tokens to write at most. @default 200 */
  maxNewTokens: number;
  /** Divides the logits: below 1 safer, above 1 wilder; 0 always takes the likeliest token. @default 0.8 */
  temperature: number;
  /** Only the K likeliest tokens; 0 for all. @default 0 */
  topK: number;
  /** Only the likeliest tokens that together hold this probability; 1 for all. @default 1 */
  topP: number;
  /** Only tokens at least this share as likely as the likeliest; 0 for all. @default 0 */
  minP: number;
  /** Divides the (positive) logits of tokens seen before, multiplies negative ones; 1 for none. @default 1 */
  repetitionPenalty: number;
  /** Texts after which to stop; they are not part of the answer. @default [] */
  stop: string[];
  /** Answers to draw. @default 1 */
  numSamples: number;
  /** The same seed gives the same text. @default 1337 */
  seed: number;
}

export const generationDefaults: GenerationConfig = {
  maxNewTokens: 200,
  temperature: 0.8,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  stop: [],
  numSamples: 1,
  seed: 1337,
};

/**
 * A complete, checked GenerationConfig from the fields given; defaults fill the rest.
 *
 * @throws ConfigError naming the field, its rule and the value received.
 */
export function generationConfig(given: Partial<GenerationConfig> = {}): GenerationConfig {
  const c: GenerationConfig = { ...generationDefaults, ...definedFields(given) };
  if (c.stop.includes("")) throw new ConfigError(`stop must be a text of at least one character: got ${show("")}`);
  if (c.topP <= 0) throw new ConfigError(`topP must be a number above 0 and at most 1: got ${c.topP}`);
  return {
    maxNewTokens: requireInteger("maxNewTokens", c.maxNewTokens, 1, 1e9),
    temperature: requireRange("temperature", c.temperature, 0, 100),
    topK: requireInteger("topK", c.topK, 0),
    topP: requireRange("topP", c.topP, 0, 1),
    minP: requireRange("minP", c.minP, 0, 1),
    repetitionPenalty: requirePositive("repetitionPenalty", c.repetitionPenalty),
    stop: c.stop,
    numSamples: requireInteger("numSamples", c.numSamples, 1, 10_000),
    seed: requireInteger("seed", c.seed, 0, 2 ** 31 - 1),
  };
}
