import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../../src/core/errors.js";
import { createTokenizer, fitTokenizer, splitters, TokenCounter, wholeTokens } from "../../src/tokenizers/fit.js";
import { tokenizerFromJson } from "../../src/tokenizers/json.js";
import { type Tokenizer, tokenizerKinds } from "../../src/tokenizers/tokenizer.js";
import { arbitraryChunks, arbitraryText } from "./arbitraryText.js";

async function gather(chunks: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

function tokensOf(tokenizer: Tokenizer): string[] {
  return Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.token(id));
}

describe.each(tokenizerKinds)("%s tokenizer", (kind) => {
  function fitted(text: string): Tokenizer {
    const counter = new TokenCounter(kind);
    for (const known of [text, "a", "."]) counter.add(known); // at least two tokens
    return counter.tokenizer();
  }

  it("decodes what it encoded to the exact text", () => {
    fc.assert(
      fc.property(arbitraryText, (text) => {
        const tokenizer = fitted(text);
        const ids = tokenizer.encode(text);
        expect(tokenizer.decode(ids)).toBe(text);
        expect([...ids].map((id) => tokenizer.token(id)).join("")).toBe(text);
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
        const pieces = await gather(wholeTokens(kind, chunks));
        expect(pieces.join("")).toBe(text);
        expect(pieces.flatMap((piece) => splitters[kind].split(piece))).toEqual(splitters[kind].split(text));
      }),
      { numRuns: 1000 },
    );
  });

  it("passes on what is settled as chunks come, not at the end", async () => {
    const pieces = await gather(wholeTokens(kind, ["one two", " three\n", "four"]));
    expect(pieces).toEqual(kind === "char" ? ["one two", " three\n", "four"] : ["one", " two three", "\nfour"]);
  });

  it("encodes and decodes the empty text", () => {
    expect(fitted("b").encode("")).toEqual(new Int32Array(0));
    expect(fitted("b").decode([])).toBe("");
  });

  it("maps everything unknown to <unk> where that is asked for", async () => {
    const tokenizer = await fitTokenizer(kind, ["a. a."], { unknownToken: true });
    expect(tokenizer.unknownId).toBe(0);
    expect(tokenizer.token(0)).toBe("<unk>");
    expect(tokenizer.decode(tokenizer.encode("a\ud83da."))).toBe(kind === "char" ? "a<unk>a." : "a<unk>a.");
    expect(fitted("b").unknownId).toBeUndefined();
  });

  it("refuses ids that it does not have", () => {
    const tokenizer = createTokenizer(kind, ["a", "b"]);
    for (const id of [2, -1, 0.5, Number.NaN]) {
      expect(() => tokenizer.decode([0, id])).toThrow(
        new DataError(`a token id must be a whole number from 0 to 1: got ${id}`),
      );
    }
  });

  it("refuses to fit a text of fewer than two different tokens", async () => {
    const noun = kind === "char" ? "character" : "word";
    await expect(fitTokenizer(kind, ["..."])).rejects.toThrow(
      new DataError(`a text must have at least 2 different ${noun}s to learn from: got 1, "." (give another text)`),
    );
    await expect(fitTokenizer(kind, [], { unknownToken: true })).rejects.toThrow(
      new DataError(`a text must have at least 2 different ${noun}s to learn from: got 0 (give another text)`),
    );
  });

  it("refuses to fit half a surrogate pair", async () => {
    await expect(fitTokenizer(kind, ["a. \ud83d"])).rejects.toThrow(
      new DataError(
        "a text must be whole Unicode characters: got half a surrogate pair, " +
          (kind === "char" ? '"\\ud83d"' : '" \\ud83d"'),
      ),
    );
  });
});

describe("char tokenizer", () => {
  it("has one token a code point, in the order of code points", async () => {
    const tokenizer = await fitTokenizer("char", ["b\u{10400}a\ue000", "a\n"]);
    expect(tokensOf(tokenizer)).toEqual(["\n", "a", "b", "\ue000", "\u{10400}"]);
    expect([...tokenizer.encode("a\u{10400}b")]).toEqual([1, 4, 2]);
  });

  it("names an unknown character, its code and its place in the prompt or file", () => {
    const tokenizer = createTokenizer("char", ["\n", " ", "a", "b", "\u{1f600}"]);
    const remedy =
      "is not among the tokenizer's 5 tokens: leave it out, or fit the tokenizer to text that has it, or train with --unknown-token";
    expect(() => tokenizer.encode("abc")).toThrow(new DataError(`line 1, column 3: the character "c" ${remedy}`));
    expect(() => tokenizer.encode("ab\n\u{1f600}a\u{1f601}", { source: "prompt", line: 1, column: 1 })).toThrow(
      new DataError(`prompt, line 2, column 3: the character "\u{1f601}" (U+1F601) ${remedy}`),
    );
    expect(() => tokenizer.encode("\u{1f600}\t", { source: "a.txt", line: 7, column: 30 })).toThrow(
      new DataError(`a.txt, line 7, column 31: the character "\\t" (U+0009) ${remedy}`),
    );
  });

  it("keeps the most frequent characters under maxVocab", async () => {
    const tokenizer = await fitTokenizer("char", ["ccc bb a"], { unknownToken: true, maxVocab: 4 });
    expect(tokensOf(tokenizer)).toEqual(["<unk>", " ", "b", "c"]);
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
    expect(splitters.word.split(text)).toEqual(tokens);
  });

  it("orders tokens by count, then by UTF-16 units", async () => {
    const tokenizer = await fitTokenizer("word", ["b a b. c c b"]);
    expect(tokensOf(tokenizer)).toEqual([" b", " c", " a", ".", "b"]);
  });

  it("names an unknown word, its place and the nearest known one", () => {
    const tokenizer = createTokenizer("word", ["The", " fox", " sleeps", "."]);
    const remedy = ": leave it out, or fit the tokenizer to text that has it, or train with --unknown-token";
    expect(() => tokenizer.encode("The fox sleep.")).toThrow(
      new DataError(
        `line 1, column 9: the word "sleep" is not among the tokenizer's 4 tokens, the nearest is " sleeps"${remedy}`,
      ),
    );
    expect(() => tokenizer.encode("fox", { source: "prompt", line: 1, column: 1 })).toThrow(
      new DataError(
        `prompt, line 1, column 1: the word "fox" is not among the tokenizer's 4 tokens, the nearest is " fox"${remedy}`,
      ),
    );
  });

  it("keeps the most frequent words under maxVocab, and needs an unknown token for that", async () => {
    const text = "b a b. c c b";
    const tokenizer = await fitTokenizer("word", [text], { unknownToken: true, maxVocab: 3 });
    expect(tokensOf(tokenizer)).toEqual(["<unk>", " b", " c"]);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe("<unk><unk> b<unk> c c b");
    expect((await fitTokenizer("word", [text], { maxVocab: 5 })).vocabSize).toBe(5);
    await expect(fitTokenizer("word", [text], { maxVocab: 4 })).rejects.toThrow(
      new ConfigError(
        "maxVocab must be at least the text's 5 different words where there is no unknown token: " +
          "got 4 (raise it or set unknownToken: true)",
      ),
    );
    await expect(fitTokenizer("word", [text], { unknownToken: true, maxVocab: 1 })).rejects.toThrow(
      new ConfigError("maxVocab must be a whole number of at least 2: got 1"),
    );
  });

  it("refuses text without white space for a million characters", async () => {
    const chunks = Array.from({ length: 17 }, () => "a".repeat(2 ** 16));
    await expect(fitTokenizer("word", ["b ", ...chunks])).rejects.toThrow(
      new DataError(
        "the text must have white space within every 1048576 characters for the word tokenizer: " +
          'got none after " aaaaaaaaaaaaaaaaaaa" (use the char tokenizer)',
      ),
    );
  });
});
