import { ConfigError, DataError, show } from "../../core/errors.js";
import type { Transformer } from "../../model/transformer.js";
import type { Tokenizer } from "../../tokenizers/tokenizer.js";
import type { OpenModel } from "../openModel.js";

/** A token of a text. */
export interface InspectedToken {
  /** Where it stands, from 0. */
  index: number;
  id: number;
  text: string;
}

/** A token that may come next. */
export interface PredictedToken {
  id: number;
  token: string;
  logit: number;
  probability: number;
}

/**
 * The tokens of a text that fits the model.
 *
 * @param field what errors call the text
 * @throws DataError if it holds a token that is not known, or more than the context
 * @throws ConfigError if it has no token
 */
export function tokensOf({ model, tokenizer }: OpenModel, text: string, field: string): InspectedToken[] {
  const { ids } = tokenizer.encodePrompt(text, field);
  const { contextLength } = model.config;
  if (ids.length === 0) throw new ConfigError({ field, rule: "have at least one token", value: text });
  if (ids.length > contextLength) {
    throw new DataError({
      field,
      rule: `fit the ${contextLength} tokens that the model can see`,
      got: `${ids.length}`,
      remedy: `leave out ${ids.length - contextLength} of them`,
    });
  }
  return Array.from(ids, (id, index) => ({ index, id, text: tokenizer.token(id) }));
}

/**
 * Where a token stands in a text, every time: `wanted` is its number, or its text, with or without the space before it.
 *
 * @param field what errors call it
 * @throws ConfigError listing the text's tokens if it is none of them
 */
export function placesOfToken(tokens: readonly InspectedToken[], wanted: string, field: string): number[] {
  const isNumber = /^\d+$/.test(wanted);
  const exact = tokens.filter(({ index, text }) => (isNumber ? `${index}` === wanted : text === wanted));
  const bare = tokens.filter(({ text }) => !isNumber && text.trim() !== "" && text.trim() === wanted.trim());
  const found = exact.length > 0 ? exact : bare;
  if (found.length > 0) return found.map(({ index }) => index);
  throw new ConfigError({
    field,
    rule: "be a token of the text, or its number",
    value: wanted,
    remedy: `its tokens are ${tokens.map(({ index, text }) => `${index} ${show(text.trim() || text)}`).join(", ")}`,
  });
}

/** `softmax(logits)` */
export function softmaxOf(logits: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(logits);
  const highest = values.reduce((most, x) => Math.max(most, x), -Infinity);
  const powers = values.map((x) => Math.exp(x - highest));
  const sum = powers.reduce((total, x) => total + x, 0);
  return powers.map((x) => x / sum);
}

/** The `count` most probable next tokens. In: the logits of one token, `[V]`. */
export function nextTokens(logits: ArrayLike<number>, tokenizer: Tokenizer, count: number): PredictedToken[] {
  const ids = Array.from({ length: logits.length }, (_, id) => id).sort((a, b) => logits[b]! - logits[a]!);
  return nextOf(logits, tokenizer, ids.slice(0, count));
}

/** These tokens as next ones. */
export function nextOf(logits: ArrayLike<number>, tokenizer: Tokenizer, ids: readonly number[]): PredictedToken[] {
  const probabilities = softmaxOf(logits);
  return ids.map((id) => ({
    id,
    token: tokenizer.token(id),
    logit: logits[id]!,
    probability: probabilities[id]!,
  }));
}

/**
 * The id of a token by its text, with or without the space before it: of two, the more probable one.
 *
 * @throws ConfigError if the tokenizer has no such token
 */
export function tokenId(wanted: string, tokenizer: Tokenizer, logits: ArrayLike<number>): number {
  const ids = Array.from({ length: tokenizer.vocabSize }, (_, id) => id);
  const isMeant = (id: number) => [wanted, ` ${wanted}`].includes(tokenizer.token(id));
  const best = ids.filter(isMeant).sort((a, b) => logits[b]! - logits[a]!)[0];
  if (best !== undefined) return best;
  throw new ConfigError({ field: "next", rule: `be one of the ${tokenizer.vocabSize} tokens known`, value: wanted });
}

/** The logits `[V]` of one token. In: those of all, `[T, V]`. */
export function logitsOf(values: Float32Array, { config }: Transformer, token: number): Float32Array {
  return values.subarray(token * config.vocabSize, (token + 1) * config.vocabSize);
}
