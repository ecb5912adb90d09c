import type { Splitter } from "./splitter.js";
import { Vocabulary } from "./vocabulary.js";

const word = "\\p{L}[\\p{L}\\p{M}]*(?:['’]\\p{L}[\\p{L}\\p{M}]*)*"; // letters, with apostrophes inside
const number = "\\p{N}+";
const mark = "[^\\p{White_Space}\\p{L}\\p{N}]"; // punctuation, symbols, lone accents
const pattern = ` ?(?:${word}|${number}|${mark})|\\p{White_Space}`;
const tokens = new RegExp(pattern, "gu");
const lastWhiteSpace = /\p{White_Space}(?=\P{White_Space}*$)/u;

/**
 * A token is a word (`don't`), a number or one mark, each with the one space before it where there is one, or a single
 * white-space character: `It's "2  o'clock".\n` is `It's| "|2| | o'clock|"|.|\n`. So a space only ever begins a token,
 * and text may be cut before any white space.
 */
export const wordSplitter: Splitter = {
  kind: "word",
  noun: "word",
  pattern,
  split: (text) => text.match(tokens) ?? [],
  safeCut(text) {
    const common = Math.max(text.lastIndexOf(" "), text.lastIndexOf("\n"));
    return common >= 0 ? common : Math.max(0, text.search(lastWhiteSpace));
  },
};

/** A tokenizer of whole words, numbers, marks and white space. */
export class WordTokenizer extends Vocabulary {
  constructor(tokens: readonly string[]) {
    super(wordSplitter, tokens);
  }
}
