import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../../src/core/errors.js";
import { CharTokenizer } from "../../src/tokenizers/char.js";
import { tokenizerFromJson } from "../../src/tokenizers/json.js";
import type { Tokenizer } from "../../src/tokenizers/tokenizer.js";
import { createFitter, fitTokenizer, tokenizerKindNames } from "../../src/tokenizers/tokenizers.js";
import { wholeTokens } from "../../src/tokenizers/wholeTokens.js";
import { WordTokenizer } from "../../src/tokenizers/word.js";
import { arbitraryChunks, arbitraryText } from "./arbitraryText.js";

async function gather(chunks: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

function tokensOf(tokenizer: Tokenizer): string[] {
  return Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.token(id));
}

describe.each(tokenizerKindNames)("%s tokenizer", (kind) => {
  function fitted(text: string): Tokenizer {
    const fitter = createFitter({ kind });
    for (const known of [text, "a", "."]) fitter.add(known); // at least two tokens
    return fitter.finish();
  }

  it("decodes what it encoded to the exact text", () => {
    fc.assert(
      fc.property(arbitraryText, (text) => {
        const tokenizer = fitted(text);
        const ids = tokenizer.encode(text);
        expect(tokenizer.decode(ids)).toBe(text);
        expect([...ids].map((id) => tokenizer.token(id)).join("")).toBe(text);
        const decoder = tokenizer.decoder();
        const { offsets } = tokenizer.encodeWithOffsets(text);
        [...ids].forEach((id, i) => {
          expect(decoder.push(id)).toBe(text.slice(offsets[i], offsets[i + 1] ?? text.length));
        });
        expect(decoder.end()).toBe("");
      }),
      { numRuns: 500 },
    );
  });

  it("is the same after JSON", () => {
    fc.assert(
      fc.property(arbitraryText, (text) => {
        const tokenizer = fitted(text);
        const again = tokenizerFromJson(JSON.parse(JSON.stringify(tokenizer)));
        expect(again.kind).toBe(kind);
        expect(tokensOf(again)).toEqual(tokensOf(tokenizer));
        expect(again.encode(text)).toEqual(tokenizer.encode(text));
      }),
    );
  });

  it("finds the same tokens however the text is cut into chunks", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryChunks, async ({ text, chunks }) => {
        const rules = fitted(text);
        const pieces = await gather(wholeTokens(rules, chunks));
        expect(pieces.join("")).toBe(text);
        expect(pieces.flatMap((piece) => [...rules.encode(piece)])).toEqual([...rules.encode(text)]);
      }),
      { numRuns: 1000 },
    );
  });

  it("passes on what is settled as chunks come, not at the end", async () => {
    const pieces = await gather(wholeTokens(createFitter({ kind }), ["one two", " three\n", "four"]));
    expect(pieces).toEqual(kind === "char" ? ["one two", " three\n", "four"] : ["one", " two three", "\nfour"]);
  });

  it("encodes and decodes the empty text", () => {
    expect(fitted("b").encode("")).toEqual(new Int32Array(0));
    expect(fitted("b").decode([])).toBe("");
  });

  it("maps everything unknown to <unk> where that is asked for", () => {
    const tokenizer = fitTokenizer("a. a.", { kind, unknownToken: true });
    expect(tokenizer.unknownId).toBe(0);
    expect(tokenizer.token(0)).toBe("<unk>");
    expect(tokenizer.decode(tokenizer.encode("a\ud83da."))).toBe(kind === "char" ? "a<unk>a." : "a<unk>a.");
    expect(fitted("b").unknownId).toBeUndefined();
  });

  it("refuses ids that it does not have", () => {
    const tokenizer = kind === "char" ? new CharTokenizer(["a", "b"]) : new WordTokenizer(["a", "b"]);
    for (const id of [2, -1, 0.5, Number.NaN]) {
      expect(() => tokenizer.decode([0, id])).toThrow(
        new DataError(`a token id must be a whole number from 0 to 1: got ${id}`),
      );
    }
  });

  it("refuses to fit a text of fewer than two different tokens", async () => {
    const noun = kind === "char" ? "character" : "word";
    expect(() => fitTokenizer("...", { kind })).toThrow(
      new DataError(`a text must have at least 2 different ${noun}s to learn from: got 1, "." (give another text)`),
    );
    expect(() => fitTokenizer("", { kind, unknownToken: true })).toThrow(
      new DataError(`a text must have at least 2 different ${noun}s to learn from: got 0 (give another text)`),
    );
  });

  it("refuses to fit half a surrogate pair", async () => {
    expect(() => fitTokenizer("a. \ud83d", { kind })).toThrow(
      new DataError(
        "a text must be whole Unicode characters: got half a surrogate pair, " +
          (kind === "char" ? '"\\ud83d"' : '" \\ud83d"'),
      ),
    );
  });
});

describe("char tokenizer", () => {
  it("has one token a code point, in the order of code points", async () => {
    const tokenizer = fitTokenizer("b\u{10400}a\ue000a\n", { kind: "char" });
    expect(tokensOf(tokenizer)).toEqual(["\n", "a", "b", "\ue000", "\u{10400}"]);
    expect([...tokenizer.encode("a\u{10400}b")]).toEqual([1, 4, 2]);
  });

  it("names an unknown character, its code and its place in the prompt or file", () => {
    const tokenizer = new CharTokenizer(["\n", " ", "a", "b", "\u{1f600}"]);
    const remedy =
      "is not among the tokenizer's 5 tokens: leave it out, or fit the tokenizer to text that has it, or train with --unknown-token";
    expect(() => tokenizer.encode("abc")).toThrow(new DataError(`line 1, column 3: the character "c" ${remedy}`));
    expect(() =>
      tokenizer.encode("ab\n\u{1f600}a\u{1f601}", { from: { source: "prompt", line: 1, column: 1 } }),
    ).toThrow(new DataError(`prompt, line 2, column 3: the character "\u{1f601}" (U+1F601) ${remedy}`));
    expect(() => tokenizer.encode("\u{1f600}\t", { from: { source: "a.txt", line: 7, column: 30 } })).toThrow(
      new DataError(`a.txt, line 7, column 31: the character "\\t" (U+0009) ${remedy}`),
    );
  });
});

describe("word tokenizer", () => {
  it.each([
    ["Don't stop.", ["Don't", " stop", "."]],
    ["rock’n’roll isn''t 'tis dogs'", ["rock’n’roll", " isn", "'", "'", "t", " '", "tis", " dogs", "'"]],
    ['She said, "Go!"', ["She", " said", ",", ' "', "Go", "!", '"']],
    ["a  b   c ", ["a", " ", " b", " ", " ", " c", " "]],
    ["one\n\n two\r\n\tthree\u00a0four", ["one", "\n", "\n", " two", "\r", "\n", "\t", "three", "\u00a0", "four"]],
    ["in 1999, x2 3.14", ["in", " 1999", ",", " x", "2", " 3", ".", "14"]],
    ["naïve e\u0301tude ❤\ufe0fx", ["naïve", " e\u0301tude", " ❤", "\ufe0f", "x"]],
  ])("splits %j", (text, tokens) => {
    const { ids, offsets } = fitTokenizer(`${text} a b`, { kind: "word" }).encodeWithOffsets(text);
    expect(ids).toHaveLength(tokens.length);
    expect(tokens.map((_, i) => text.slice(offsets[i], offsets[i + 1] ?? text.length))).toEqual(tokens);
  });

  it("orders tokens by count, then by UTF-16 units", async () => {
    const tokenizer = fitTokenizer("b a b. c c b", { kind: "word" });
    expect(tokensOf(tokenizer)).toEqual([" b", " c", " a", ".", "b"]);
  });

  it("names an unknown word, its place and the nearest known one", () => {
    const tokenizer = new WordTokenizer(["The", " fox", " sleeps", "."]);
    const remedy = ": leave it out, or fit the tokenizer to text that has it, or train with --unknown-token";
    expect(() => tokenizer.encode("The fox sleep.")).toThrow(
      new DataError(
        `line 1, column 9: the word "sleep" is not among the tokenizer's 4 tokens, the nearest is " sleeps"${remedy}`,
      ),
    );
    expect(() => tokenizer.encode("fox", { from: { source: "prompt", line: 1, column: 1 } })).toThrow(
      new DataError(
        `prompt, line 1, column 1: the word "fox" is not among the tokenizer's 4 tokens, the nearest is " fox"${remedy}`,
      ),
    );
  });

  it("refuses text without white space for a million characters", async () => {
    const chunks = ["b ", ...Array.from({ length: 17 }, () => "a".repeat(2 ** 16))];
    await expect(gather(wholeTokens(createFitter({ kind: "word" }), chunks))).rejects.toThrow(
      new DataError(
        "the text must have white space within every 1048576 characters for the word tokenizer: " +
          'got none after " aaaaaaaaaaaaaaaaaaa" (use the char tokenizer)',
      ),
    );
  });

  it("takes a first word that is known only after a space as that, in a text's start and anywhere in a prompt", () => {
    const tokenizer = new WordTokenizer(["The", " fox", " sleeps", "\n", "."]);
    expect([...tokenizer.encode("fox sleeps", { isStart: true })]).toEqual([1, 2]);
    expect(tokenizer.encodeWithOffsets("fox sleeps", { isStart: true }).offsets).toEqual(Int32Array.of(0, 3));
    expect(() => tokenizer.encode("fox\nfox", { isStart: true })).toThrow('line 2, column 1: the word "fox"');
    expect([...tokenizer.encodePrompt("fox\nsleeps. The").ids]).toEqual([1, 3, 2, 4, 0]);
    const lenient = new WordTokenizer(["<unk>", " fox"]);
    expect([...lenient.encodePrompt("fox dog").ids]).toEqual([1, 0]);
  });

  it("leaves a space at a prompt's end to the next token: one where the text has lone spaces, else all", () => {
    const tokenizer = new WordTokenizer(["The", " fox"]);
    expect(tokenizer.encodePrompt("The fox ")).toEqual({
      ids: Int32Array.of(0, 1),
      offsets: Int32Array.of(0, 3),
      text: "The fox",
      held: " ",
    });
    expect(tokenizer.encodePrompt("The   ")).toMatchObject({ ids: Int32Array.of(0), text: "The", held: "   " });
    expect(tokenizer.encodePrompt("  ")).toMatchObject({ ids: Int32Array.of(), text: "", held: "  " });
    const spaced = new WordTokenizer(["The", " fox", " "]);
    expect(spaced.encodePrompt("The   ")).toMatchObject({ ids: Int32Array.of(0, 2, 2), held: " " });
    expect(new CharTokenizer(["a", " "]).encodePrompt("a ")).toMatchObject({ ids: Int32Array.of(0, 1), held: "" });
  });

  it("says little of a word of a million letters, at once", () => {
    const tokenizer = new WordTokenizer(["The", "cat"]);
    let message = "";
    try {
      tokenizer.encode("a".repeat(1_000_000));
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/^line 1, column 1: the word "a{199}… \(1000002 characters\) is not among/);
    expect(message.length).toBeLessThan(500);
  });
});

describe("normal forms", () => {
  const composed = "caf\u00e9 na\u00efve";
  const decomposed = composed.normalize("NFD");

  it("explains a token that is known in the other form", () => {
    const remedy = (form: string) =>
      `which looks the same: convert this text to ${form}, or train with --normalize NFC, which brings both to one form`;
    expect(() => fitTokenizer(decomposed, { kind: "word" }).encode(composed)).toThrow(
      new DataError(
        `line 1, column 1: the word "caf\u00e9" is not among the tokenizer's 2 tokens, but it is among them in Unicode's decomposed form (NFD), ${remedy("NFD")}`,
      ),
    );
    expect(() => fitTokenizer(composed, { kind: "word" }).encode(decomposed)).toThrow(
      `is not among the tokenizer's 2 tokens, but it is among them in Unicode's composed form (NFC), ${remedy("NFC")}`,
    );
    expect(() => fitTokenizer(decomposed, { kind: "char" }).encode(composed)).toThrow(
      `line 1, column 4: the character "\u00e9" (U+00E9) is not among the tokenizer's 10 tokens, but it is among them in Unicode's decomposed form (NFD), ${remedy("NFD")}`,
    );
    expect(() => fitTokenizer(composed, { kind: "char" }).encode(decomposed)).toThrow(
      `line 1, column 5: the character "\u0301" (U+0301) is not among the tokenizer's 9 tokens, but it is among them in Unicode's composed form (NFC), ${remedy("NFC")}`,
    );
  });

  it.each(tokenizerKindNames)(
    "NFC brings texts and prompts of the %s tokenizer to one form, and is kept in JSON",
    (kind) => {
      const tokenizer = fitTokenizer(decomposed, { kind, normalize: "NFC" });
      const again = tokenizerFromJson(JSON.parse(JSON.stringify(tokenizer)));
      expect(again.normalize).toBe("NFC");
      for (const text of [composed, decomposed]) {
        expect(again.decode(again.encode(text))).toBe(composed);
        expect(again.decode(again.encodePrompt(text).ids)).toBe(composed);
      }
      expect(tokenizer.toJSON()).toMatchObject({ normalizer: { type: "NFC" } });
    },
  );

  it("NFC of a text in chunks, cut anywhere, is that of the whole", async () => {
    // Accents in any order, parts of Korean syllables, and vowel signs that join.
    const units = fc.constantFrom(
      ..."ae \n",
      ..."\u0301\u0323\u0308\u1100\u1161\u11a8\uac00\u09c7\u09be\u00e9\u{1d15e}",
    );
    const texts = fc.array(fc.string({ unit: units, maxLength: 5 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(texts, fc.constantFrom(...tokenizerKindNames), async (chunks, kind) => {
        const pieces = await gather(wholeTokens(createFitter({ kind, normalize: "NFC" }), chunks));
        expect(pieces.join("")).toBe(chunks.join("").normalize("NFC"));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("createFitter", () => {
  it("refuses kinds and normal forms that there are not", () => {
    expect(() => createFitter({ kind: "bpe" as "char" })).toThrow(
      new ConfigError('kind must be one of char, word: got "bpe"'),
    );
    expect(() => createFitter({ normalize: "NFKC" as "NFC" })).toThrow(
      new ConfigError('normalize must be one of none, NFC: got "NFKC"'),
    );
  });
});
