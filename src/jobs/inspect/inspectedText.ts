import { ConfigError, DataError, show } from "../../core/errors.js";
import { rowOf } from "../../core/vectors.js";
import { likeliest, type NextToken, probabilities } from "../../inspection/nextTokens.js";
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
export interface PredictedToken extends NextToken {
  token: string;
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

/** The `count` most probable next tokens. In: the logits of one token, `[V]`. */
export function nextTokens(logits: Float32Array, tokenizer: Tokenizer, count: number): PredictedToken[] {
  return likeliest(logits, count).map(({ id, ...rest }) => ({ id, token: tokenizer.token(id), ...rest }));
}

/** One token as the next. */
export function nextOf(logits: Float32Array, tokenizer: Tokenizer, id: number): PredictedToken {
  return { id, token: tokenizer.token(id), logit: logits[id]!, probability: probabilities(logits)[id]! };
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
  return rowOf(values, token, config.vocabSize);
}
