import { readFileSync } from "node:fs";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { describe, expect, it } from "vitest";
import { tokenizerConfigJson, tokenizerFromJson } from "../../src/tokenizers/json.js";
import { fitTokenizer, type TokenizerKindName } from "../../src/tokenizers/tokenizers.js";

interface Case {
  kind: TokenizerKindName;
  unknownToken: boolean;
  tokenizer: object;
  texts: { text: string; ids?: number[]; decoded?: string; error?: string }[];
}

// Made by fixtures/make.py with Hugging Face's Python library, which knows nothing of heed.
const made = JSON.parse(readFileSync(new URL("./fixtures/huggingface.json", import.meta.url), "utf8"));
const cases: Case[] = made.cases;

describe.each(cases)(
  "$kind tokenizer, unknownToken $unknownToken",
  ({ kind, unknownToken, tokenizer: json, texts }) => {
    it("fitted to the same text is Python's, field for field", async () => {
      const ours = JSON.parse(JSON.stringify(fitTokenizer(made.text, { kind, unknownToken })));
      expect(ours).toEqual(json);
      expect(tokenizerFromJson(ours).toJSON()).toEqual(json);
    });

    it("gives the ids and the text that Python gives", () => {
      const tokenizer = tokenizerFromJson(json);
      for (const { text, ids, decoded, error } of texts) {
        if (error !== undefined) {
          expect(error).toBe("WordLevel error: Missing [UNK] token from the vocabulary");
          expect(() => tokenizer.encode(text)).toThrow("is not among the tokenizer's");
        } else {
          expect([...tokenizer.encode(text)]).toEqual(ids);
          expect(tokenizer.decode(ids!)).toBe(decoded);
        }
      }
    });

    it("written by heed and read by the JavaScript library gives the same ids and text", () => {
      const ours = tokenizerFromJson(json);
      const theirs = new HuggingFaceTokenizer(JSON.parse(JSON.stringify(ours)), tokenizerConfigJson(ours));
      for (const { text, ids, decoded } of texts.filter(({ error }) => error === undefined)) {
        expect(theirs.encode(text).ids).toEqual(ids);
        expect(theirs.decode(ids!)).toBe(decoded);
      }
    });
  },
);

// Made by fixtures/save.py: the tokenizers above, loaded and saved again by transformers, without their `model`.
const { saved } = JSON.parse(readFileSync(new URL("./fixtures/transformers.json", import.meta.url), "utf8"));

it.each(saved as (Case & { use: string })[])(
  "transformers' $kind tokenizer, unknownToken $unknownToken, $use, is read as the one that it loaded",
  ({ kind, unknownToken, tokenizer }) => {
    const same = cases.find((other) => other.kind === kind && other.unknownToken === unknownToken)!.tokenizer;
    expect(tokenizer).not.toEqual(same);
    const { model } = same as { model: object };
    expect(tokenizerFromJson({ ...tokenizer, model }).toJSON()).toEqual(same);
  },
);
