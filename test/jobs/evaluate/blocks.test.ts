import { describe, expect, it } from "vitest";
import { type Block, BlockCutter } from "../../../src/jobs/evaluate/blocks.js";
import { figuresOf } from "../../../src/jobs/evaluate/figures.js";
import type { Tokenizer } from "../../../src/tokenizers/tokenizer.js";
import { fitTokenizer, type TokenizerKindName } from "../../../src/tokenizers/tokenizers.js";
import { WordTokenizer } from "../../../src/tokenizers/word.js";
import { ByteTokenizer } from "../../tokenizers/byteTokenizer.js";

/** The blocks of `text`, which comes whole, or in pieces of whole tokens. */
function cutBlocks(tokenizer: Tokenizer, least: number, ...texts: string[]): Block[] {
  const cutter = new BlockCutter(least);
  for (const text of texts) cutter.add({ text, ...tokenizer.encodeWithOffsets(text) });
  return cutter.finish();
}

function blocksOf(text: string, kind: TokenizerKindName, least: number): Block[] {
  return cutBlocks(fitTokenizer(text, { kind }), least, text);
}

describe("BlockCutter", () => {
  it("ends a block at the first blank line after enough tokens, and counts none of the first token", () => {
    //            1 2   3    4 5   6    7  8  9 10  11 12    13
    const text = "One two three\n\nfour five\n\nsix\n\nseven eight.";
    // tokens:    One| two| three|\n|\n|four| five|\n|\n|six|\n|\n|seven| eight|.
    expect(blocksOf(text, "word", 4)).toEqual([
      { end: 5, tokens: 4, characters: " two three\n\n".length, words: 2 },
      { end: 9, tokens: 4, characters: "four five\n\n".length, words: 2 },
      { end: 15, tokens: 6, characters: "six\n\nseven eight.".length, words: 3 },
    ]);
  });

  it("ends a block after twice as many tokens where there is no blank line", () => {
    expect(blocksOf("a b c d e f g h", "word", 2).map(({ end, tokens }) => [end, tokens])).toEqual([
      [5, 4],
      [8, 3],
    ]);
  });

  it("knows blank lines of CR LF, and no line break alone", () => {
    const ends = (text: string) => blocksOf(text, "char", 4).map(({ end }) => end);
    expect(ends("abcd\r\n\r\nefghi")).toEqual([8, 13]);
    expect(ends("abcd\nefg\nhi")).toEqual([9, 11]);
  });

  it("counts a word that goes on in the next block once, and the rest of the first word of single characters", () => {
    const blocks = blocksOf("abc defghij kl", "char", 3);
    expect(blocks.map(({ end, tokens, words }) => [end, tokens, words])).toEqual([
      [7, 6, 2],
      [13, 6, 1],
      [14, 1, 0],
    ]);
  });

  it("has every token but the first, and every character and word after it, in some block", () => {
    const text = "Ünïcödé 👩 words, and\n\nmore of them.\n\nYes.\n".repeat(7);
    for (const kind of ["char", "word"] as const) {
      const blocks = blocksOf(text, kind, 10);
      const [first, ...rest] = fitTokenizer(text, { kind }).encode(text);
      const sum = (key: "tokens" | "characters" | "words") => blocks.reduce((total, b) => total + b[key], 0);
      expect(first).toBeDefined();
      expect(blocks.at(-1)!.end).toBe(rest.length + 1);
      expect(sum("tokens")).toBe(rest.length);
      expect(sum("characters")).toBe([...text].length - (kind === "char" ? 1 : "Ünïcödé".length));
      expect(sum("words")).toBe(7 * 7 - (kind === "char" ? 0 : 1));
    }
  });

  it("counts the text behind unknown tokens", () => {
    expect(cutBlocks(new WordTokenizer(["<unk>", " a"]), 9, " a zebra a")).toEqual([
      { end: 3, tokens: 2, characters: " zebra a".length, words: 2 },
    ]);
  });

  it("counts the characters of a tokenizer whose tokens are parts of them", () => {
    const text = "é語 \u{1f600}\n\né語";
    const blocks = cutBlocks(new ByteTokenizer(), 6, text);
    expect(blocks).toEqual([
      { end: 12, tokens: 11, characters: 6, words: 1 },
      { end: 17, tokens: 5, characters: 2, words: 1 },
    ]);
  });

  it("is one empty block for a single token", () => {
    expect(cutBlocks(new WordTokenizer([" b", " a"]), 9, " a")).toEqual([
      { end: 1, tokens: 0, characters: 0, words: 0 },
    ]);
  });
});

describe("figuresOf", () => {
  const blocks = [
    { end: 5, tokens: 4, characters: 10, words: 2 },
    { end: 8, tokens: 3, characters: 12, words: 3 },
  ];

  it("is worked by hand", () => {
    const bit = Math.LN2;
    const figures = figuresOf(blocks, [8 * bit, 13 * bit], 3);
    expect(figures).toMatchObject({ tokens: 7, characters: 22, words: 5 });
    expect(figures.loss).toBeCloseTo(3 * bit, 12);
    expect(figures.perplexity).toBeCloseTo(8, 12);
    expect(figures.bitsPerCharacter).toBeCloseTo(21 / 22, 12);
    expect(figures.bitsPerWord).toBeCloseTo(21 / 5, 12);
    // Residuals of two blocks are ±d, so the error is sqrt(2 · 2d²) / size = 2|d| / size.
    expect(figures.standardError!.loss).toBeCloseTo((2 * (12 - 8) * bit) / 7, 12);
    expect(figures.standardError!.bitsPerCharacter).toBeCloseTo((2 * ((21 / 22) * 10 - 8)) / 22, 12);
    expect(figures.standardError!.bitsPerWord).toBeCloseTo((2 * ((21 / 5) * 2 - 8)) / 5, 12);
    expect(figures.standardError).toMatchObject({ blocks: 2, leastTokens: 3 });
  });

  it("has no standard error for one block, and no bits per word without words", () => {
    expect(figuresOf(blocks.slice(0, 1), [1], 3)).not.toHaveProperty("standardError");
    const wordless = figuresOf(
      blocks.map((b) => ({ ...b, words: 0 })),
      [1, 2],
      3,
    );
    expect(wordless).not.toHaveProperty("bitsPerWord");
    expect(Object.keys(wordless.standardError!)).toEqual(["loss", "bitsPerCharacter", "blocks", "leastTokens"]);
  });
});
