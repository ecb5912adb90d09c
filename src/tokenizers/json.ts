import { isDeepStrictEqual } from "node:util";
import type { NormalForm } from "../config/tokenizerFields.js";
import { DataError, show } from "../core/errors.js";
import { isObject } from "../core/strictJson.js";
import type { Tokenizer } from "./tokenizer.js";
import { tokenizerKindNames, tokenizerKinds } from "./tokenizers.js";

/**
 * The tokenizer that a parsed `tokenizer.json` describes; `source` names the file in errors. Read is what heed writes,
 * and what Hugging Face's libraries make of it when they save it again. How a file truncates and pads batches is passed
 * over: that is about batches, not about what the tokens of a text are.
 *
 * @throws DataError naming the field, its rule and the value received.
 */
export function tokenizerFromJson(value: unknown, source = "tokenizer.json"): Tokenizer {
  if (!isObject(value)) throw refusal(source, "the file", "be an object", value);
  const { model, pre_tokenizer: preTokenizer } = value;
  if (!isObject(model)) throw refusal(source, "model", "be an object", model);
  for (const part of partsOf(value.post_processor, "processors")) {
    if (!addsNothing(part)) throw refusal(source, "post_processor", "add no tokens", part);
  }
  const json = {
    normalize: readNormalizer(value.normalizer, source),
    preTokenizer: partsOf(preTokenizer, "pretokenizers"),
    model,
    decoder: partsOf(value.decoder, "decoders"),
    addedTokens: [value.added_tokens ?? []].flat(),
  };
  for (const kind of tokenizerKindNames) {
    const tokenizer = tokenizerKinds[kind].fromJson(json, source);
    if (tokenizer) return tokenizer;
  }
  const rule = `be those of a ${tokenizerKindNames.join(" or ")} tokenizer`;
  throw refusal(source, "model and pre_tokenizer", rule, [model.type, preTokenizer]);
}

/**
 * Hugging Face's `tokenizer_config.json`, to stand next to `tokenizer.json`: without it their libraries drop spaces
 * before punctuation when they decode, and the JavaScript one does not know the unknown token.
 */
export function tokenizerConfigJson(tokenizer: Tokenizer): object {
  return {
    tokenizer_class: "PreTrainedTokenizerFast",
    clean_up_tokenization_spaces: false,
    ...(tokenizer.unknownId === undefined ? {} : { unk_token: tokenizer.token(tokenizer.unknownId) }),
  };
}

function readNormalizer(value: unknown, source: string): NormalForm {
  const parts = partsOf(value, "normalizers");
  if (parts.length === 0) return "none";
  if (parts.every((part) => isDeepStrictEqual(part, { type: "NFC" }))) return "NFC";
  throw refusal(source, "normalizer", 'be null or {"type":"NFC"}', value);
}

/** A step of a tokenizer as those that it is a sequence of: none for null. `list` is the field that holds them. */
function partsOf(value: unknown, list: string): unknown[] {
  if (value === null || value === undefined) return [];
  if (isObject(value) && value.type === "Sequence" && Array.isArray(value[list])) return value[list];
  return [value];
}

/** Whether a post-processor leaves the ids of a text as they are: a template of the text alone, or one for offsets. */
function addsNothing(part: unknown): boolean {
  if (!isObject(part)) return false;
  if (part.type === "ByteLevel") return true; // trims offsets
  return part.type === "TemplateProcessing" && isDeepStrictEqual(part.single, [{ Sequence: { id: "A", type_id: 0 } }]);
}

function refusal(where: string, field: string, rule: string, value: unknown): DataError {
  const kinds = tokenizerKindNames.join(" or ");
  const remedy = `heed reads only tokenizers of its own kinds; fit one with {tokenizer} ${kinds}`;
  return new DataError({ where, field, rule, value, got: value === undefined ? "nothing" : show(value), remedy });
}
