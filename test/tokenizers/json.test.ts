import { describe, expect, it } from "vitest";
import { DataError } from "../../src/core/errors.js";
import { createTokenizer } from "../../src/tokenizers/fit.js";
import { tokenizerConfigJson, tokenizerFromJson } from "../../src/tokenizers/json.js";

/** A valid file, changed at the place that `path` names; `undefined` takes the field out. */
function changed(path: string, value: unknown): unknown {
  const root = JSON.parse(JSON.stringify(createTokenizer("char", ["a", "b", "c"])));
  const fields = path.split(".");
  const last = fields.pop()!;
  let at = root;
  for (const field of fields) at = at[field];
  at[last] = value;
  return JSON.parse(JSON.stringify(root));
}

const hint = "(heed reads only the tokenizers that it writes; fit one with --tokenizer char or word)";
const bpe = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };

describe("tokenizerFromJson", () => {
  it.each<[string, unknown, string]>([
    ["truncation", { max_length: 8 }, 'truncation must be null: got {"max_length":8}'],
    ["padding", {}, "padding must be null: got {}"],
    ["added_tokens", [{ id: 0, content: "a" }], 'added_tokens must be []: got [{"id":0,"content":"a"}]'],
    ["normalizer", { type: "NFC" }, 'normalizer must be null: got {"type":"NFC"}'],
    ["post_processor", undefined, "post_processor must be null: got nothing"],
    ["decoder", null, 'decoder must be {"type":"Fuse"}: got null'],
    [
      "pre_tokenizer",
      bpe,
      "pre_tokenizer must be the Split of heed's char or word tokenizer: " +
        'got {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}'.slice(0, 81) +
        "...",
    ],
    [
      "pre_tokenizer.behavior",
      "Removed",
      "pre_tokenizer must be the Split of heed's char or word tokenizer: " +
        'got {"type":"Split","pattern":{"Regex":"[\\\\s\\\\S]"},"behavior":"Removed","invert":...',
    ],
    ["model", undefined, "model must be an object: got nothing"],
    ["model.type", "BPE", 'model.type must be "WordLevel": got "BPE"'],
    ["model.unk_token", "[UNK]", 'model.unk_token must be "<unk>": got "[UNK]"'],
    ["model.vocab", ["a", "b"], 'model.vocab must be an object: got ["a","b"]'],
    ["model.vocab", { a: 0 }, 'model.vocab must be an object of at least 2 tokens: got {"a":0}'],
    ["model.vocab.c", 3, 'model.vocab["c"] must be a whole number from 0 to 2: got 3'],
    ["model.vocab.c", -1, 'model.vocab["c"] must be a whole number from 0 to 2: got -1'],
    ["model.vocab.c", 1.5, 'model.vocab["c"] must be a whole number from 0 to 2: got 1.5'],
    ["model.vocab.c", "2", 'model.vocab["c"] must be a whole number from 0 to 2: got "2"'],
    ["model.vocab.c", 1, 'model.vocab["c"] must be an id of its own, not that of "b": got 1'],
  ])("refuses %s = %j", (path, value, message) => {
    expect(() => tokenizerFromJson(changed(path, value), "run/tokenizer.json")).toThrow(
      new DataError(`run/tokenizer.json: ${message} ${hint}`),
    );
  });

  it("refuses what is no object at all", () => {
    expect(() => tokenizerFromJson([])).toThrow(
      new DataError(`tokenizer.json: the file must be an object: got [] ${hint}`),
    );
  });

  it("refuses tokens that no text gives", () => {
    const chars = changed("model.vocab", { a: 0, bc: 1 });
    expect(() => tokenizerFromJson(chars)).toThrow(
      new DataError('tokenizer.json: every token of model.vocab must be one character: got "bc"'),
    );
    const words = JSON.parse(JSON.stringify(createTokenizer("word", [" a b", "c"])));
    expect(() => tokenizerFromJson(words)).toThrow(
      new DataError('tokenizer.json: every token of model.vocab must be one word: got " a b"'),
    );
    expect(() => tokenizerFromJson(changed("model.vocab", { "": 0, b: 1 }))).toThrow(
      new DataError('tokenizer.json: every token of model.vocab must be one character: got ""'),
    );
  });

  it("takes a field that it does not know as no concern of its", () => {
    expect(tokenizerFromJson(changed("comment", "mine")).vocabSize).toBe(3);
  });

  it("keeps a token named like JavaScript's own fields", () => {
    const tokenizer = createTokenizer("word", ["_", "proto", "constructor", "toString"]);
    expect(tokenizerFromJson(JSON.parse(JSON.stringify(tokenizer))).token(2)).toBe("constructor");
    expect(() => tokenizer.encode("valueOf")).toThrow(DataError);
  });
});

describe("tokenizerConfigJson", () => {
  it("keeps Hugging Face's libraries from tidying the text, and names the unknown token where there is one", () => {
    const tidy = { tokenizer_class: "PreTrainedTokenizerFast", clean_up_tokenization_spaces: false };
    expect(tokenizerConfigJson(createTokenizer("char", ["a", "b"]))).toEqual(tidy);
    expect(tokenizerConfigJson(createTokenizer("char", ["<unk>", "b"]))).toEqual({ ...tidy, unk_token: "<unk>" });
  });
});
