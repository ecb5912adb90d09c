import { isDeepStrictEqual } from "node:util";
import { DataError } from "../core/errors.js";
import { createTokenizer, splitters } from "./fit.js";
import type { Splitter } from "./splitter.js";
import { type Tokenizer, tokenizerKinds } from "./tokenizer.js";
import { unknownToken } from "./vocabulary.js";

/** The fields beside `model` and `pre_tokenizer` that change ids or text, and the one value that heed knows. */
const fixedFields = {
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: null,
  post_processor: null,
  decoder: { type: "Fuse" },
};

/**
 * The tokenizer that a parsed `tokenizer.json` describes; `source` names the file in errors. Only what heed writes is
 * read: Hugging Face's WordLevel over characters or words.
 *
 * @throws DataError naming the field, its rule and the value received.
 */
export function tokenizerFromJson(value: unknown, source = "tokenizer.json"): Tokenizer {
  const root = asObject(value, source, "the file");
  for (const [field, rule] of Object.entries(fixedFields)) {
    if (!isDeepStrictEqual(root[field], rule)) fail(source, field, JSON.stringify(rule), root[field]);
  }
  const splitter = readSplitter(root.pre_tokenizer, source);
  const model = asObject(root.model, source, "model");
  if (model.type !== "WordLevel") fail(source, "model.type", '"WordLevel"', model.type);
  if (model.unk_token !== unknownToken) fail(source, "model.unk_token", JSON.stringify(unknownToken), model.unk_token);
  return createTokenizer(splitter.kind, readTokens(asObject(model.vocab, source, "model.vocab"), splitter, source));
}

/**
 * Hugging Face's `tokenizer_config.json`, to stand beside `tokenizer.json`: without it their libraries drop spaces
 * before punctuation when they decode, and the JavaScript one does not know the unknown token.
 */
export function tokenizerConfigJson(tokenizer: Tokenizer): object {
  return {
    tokenizer_class: "PreTrainedTokenizerFast",
    clean_up_tokenization_spaces: false,
    ...(tokenizer.unknownId === undefined ? {} : { unk_token: tokenizer.token(tokenizer.unknownId) }),
  };
}

function readSplitter(preTokenizer: unknown, source: string): Splitter {
  for (const kind of tokenizerKinds) {
    const rule = { type: "Split", pattern: { Regex: splitters[kind].pattern }, behavior: "Isolated", invert: false };
    if (isDeepStrictEqual(preTokenizer, rule)) return splitters[kind];
  }
  return fail(source, "pre_tokenizer", "the Split of heed's char or word tokenizer", preTokenizer);
}

/** The tokens of `vocab` by id, checked: ids 0 to V - 1, each once, and every token one that text can give. */
function readTokens(vocab: Record<string, unknown>, splitter: Splitter, source: string): string[] {
  const entries = Object.entries(vocab);
  if (entries.length < 2) fail(source, "model.vocab", "an object of at least 2 tokens", vocab);
  const tokens = new Array<string | undefined>(entries.length);
  for (const [token, id] of entries) {
    const field = `model.vocab[${JSON.stringify(token)}]`;
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id >= entries.length) {
      fail(source, field, `a whole number from 0 to ${entries.length - 1}`, id);
    }
    const other = tokens[id];
    if (other !== undefined) fail(source, field, `an id of its own, not that of ${JSON.stringify(other)}`, id);
    if (token !== unknownToken && splitter.split(token).length !== 1) {
      throw new DataError(`${source}: every token of model.vocab must be one ${splitter.noun}: got ${clip(token)}`);
    }
    tokens[id] = token;
  }
  return tokens as string[]; // as many different ids as places
}

function asObject(value: unknown, source: string, field: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(source, field, "an object", value);
  return value as Record<string, unknown>;
}

function fail(source: string, field: string, rule: string, value: unknown): never {
  throw new DataError(
    `${source}: ${field} must be ${rule}: got ${clip(value)} (heed reads only the tokenizers that it writes; fit one with --tokenizer char or word)`,
  );
}

function clip(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
