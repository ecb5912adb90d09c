import { describe, expect, it } from "vitest";
import { DataError } from "../../src/core/errors.js";
import { CharTokenizer } from "../../src/tokenizers/char.js";
import { tokenizerConfigJson, tokenizerFromJson } from "../../src/tokenizers/json.js";
import { WordTokenizer } from "../../src/tokenizers/word.js";

/** A valid file, changed at the place that `path` names; `undefined` takes the field out. */
function changed(path: string, value: unknown): unknown {
  const root = JSON.parse(JSON.stringify(new CharTokenizer(["a", "b", "c"])));
  const fields = path.split(".");
  const last = fields.pop()!;
  let at = root;
  for (const field of fields) at = at[field];
  at[last] = value;
  return JSON.parse(JSON.stringify(root));
}

const hint = "(heed reads only tokenizers of its own kinds; fit one with tokenizer char or word)";
const again = "(fit another tokenizer)";
const bert = { type: "TemplateProcessing", single: [{ SpecialToken: { id: "[CLS]", type_id: 0 } }] };
const bpe = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };

describe("tokenizerFromJson", () => {
  it.each<[string, unknown, string]>([
    [
      "added_tokens",
      [{ id: 3, content: "<pad>" }],
      'added_tokens must leave the ids of texts as they are: got {"id":3,"content":"<pad>"}',
    ],
    [
      "added_tokens",
      [{ id: 0, content: "<unk>" }],
      'added_tokens must leave the ids of texts as they are: got {"id":0,"content":"<unk>"}',
    ],
    ["normalizer", { type: "NFKC" }, 'normalizer must be null or {"type":"NFC"}: got {"type":"NFKC"}'],
    ["post_processor", bert, `post_processor must add no tokens: got ${JSON.stringify(bert)}`],
    [
      "post_processor",
      { type: "Sequence", processors: [bert] },
      `post_processor must add no tokens: got ${JSON.stringify(bert)}`,
    ],
    ["decoder", { type: "ByteLevel" }, 'decoder must be {"type":"Fuse"}: got {"type":"ByteLevel"}'],
    [
      "pre_tokenizer",
      bpe,
      'model and pre_tokenizer must be those of a char or word tokenizer: got ["WordLevel",{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]',
    ],
    [
      "pre_tokenizer.behavior",
      "Removed",
      'model and pre_tokenizer must be those of a char or word tokenizer: got ["WordLevel",{"type":"Split","pattern":{"Regex":"[\\\\s\\\\S]"},"behavior":"Removed","invert":false}]',
    ],
    ["model", undefined, "model must be an object: got nothing"],
    [
      "model.type",
      "BPE",
      'model and pre_tokenizer must be those of a char or word tokenizer: got ["BPE",{"type":"Split","pattern":{"Regex":"[\\\\s\\\\S]"},"behavior":"Isolated","invert":false}]',
    ],
    ["model.unk_token", "[UNK]", 'model.unk_token must be "<unk>": got "[UNK]"'],
    ["model.vocab", ["a", "b"], 'model.vocab must be an object of at least 2 tokens: got ["a","b"]'],
    ["model.vocab", { a: 0 }, 'model.vocab must be an object of at least 2 tokens: got {"a":0}'],
    ["model.vocab.c", 3, 'model.vocab["c"] must be a whole number from 0 to 2: got 3'],
    ["model.vocab.c", -1, 'model.vocab["c"] must be a whole number from 0 to 2: got -1'],
    ["model.vocab.c", 1.5, 'model.vocab["c"] must be a whole number from 0 to 2: got 1.5'],
    ["model.vocab.c", "2", 'model.vocab["c"] must be a whole number from 0 to 2: got "2"'],
    ["model.vocab.c", 1, 'model.vocab["c"] must be an id of its own, not that of "b": got 1'],
  ])("refuses %s = %j", (path, value, message) => {
    expect(() => tokenizerFromJson(changed(path, value), "run/tokenizer.json")).toThrow(
      new DataError(`run/tokenizer.json: ${message} ${/^(added|decoder|model\.)/.test(message) ? again : hint}`),
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
      new DataError(
        'tokenizer.json: every token of model.vocab must be one character: got "bc" (fit another tokenizer)',
      ),
    );
    const words = JSON.parse(JSON.stringify(new WordTokenizer([" a b", "c"])));
    expect(() => tokenizerFromJson(words)).toThrow(
      new DataError('tokenizer.json: every token of model.vocab must be one word: got " a b" (fit another tokenizer)'),
    );
    expect(() => tokenizerFromJson(changed("model.vocab", { "": 0, b: 1 }))).toThrow(
      new DataError('tokenizer.json: every token of model.vocab must be one character: got "" (fit another tokenizer)'),
    );
  });

  it("reads what changes no ids: <unk> and single characters as added tokens, sequences, truncation and padding", () => {
    const written = JSON.parse(JSON.stringify(new CharTokenizer(["<unk>", "a", "b"])));
    const template = {
      type: "TemplateProcessing",
      single: [{ Sequence: { id: "A", type_id: 0 } }],
      special_tokens: {},
    };
    const saved = {
      ...written,
      truncation: { max_length: 8 },
      padding: { pad_id: 1 },
      added_tokens: [
        { id: 0, content: "<unk>", special: true },
        { id: 2, content: "b", special: true },
      ],
      normalizer: { type: "Sequence", normalizers: [] },
      pre_tokenizer: { type: "Sequence", pretokenizers: [written.pre_tokenizer] },
      post_processor: { type: "Sequence", processors: [template, { type: "ByteLevel", trim_offsets: true }] },
      decoder: null,
    };
    expect(tokenizerFromJson(saved).toJSON()).toEqual(written);
    const word = { id: 1, content: "The" };
    const words = JSON.parse(JSON.stringify(new WordTokenizer(["a", "The"])));
    expect(() => tokenizerFromJson({ ...words, added_tokens: [word] })).toThrow(
      'tokenizer.json: added_tokens must leave the ids of texts as they are: got {"id":1,"content":"The"}',
    );
  });

  it("takes a field that it does not know as no concern of its", () => {
    expect(tokenizerFromJson(changed("comment", "mine")).vocabSize).toBe(3);
  });

  it("keeps a token named like JavaScript's own fields", () => {
    const tokenizer = new WordTokenizer(["_", "proto", "constructor", "toString"]);
    expect(tokenizerFromJson(JSON.parse(JSON.stringify(tokenizer))).token(2)).toBe("constructor");
    expect(() => tokenizer.encode("valueOf")).toThrow(DataError);
  });
});

describe("tokenizerConfigJson", () => {
  it("keeps Hugging Face's libraries from tidying the text, and names the unknown token where there is one", () => {
    const tidy = { tokenizer_class: "PreTrainedTokenizerFast", clean_up_tokenization_spaces: false };
    expect(tokenizerConfigJson(new CharTokenizer(["a", "b"]))).toEqual(tidy);
    expect(tokenizerConfigJson(new CharTokenizer(["<unk>", "b"]))).toEqual({ ...tidy, unk_token: "<unk>" });
  });
});
