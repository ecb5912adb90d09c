import type { NormalForm } from "../config/tokenizerFields.js";
import { type Splitter, WordLevel, wordLevelKind } from "./wordLevel.js";

const word = "\\p{L}[\\p{L}\\p{M}]*(?:['’]\\p{L}[\\p{L}\\p{M}]*)*"; // letters, with apostrophes inside
const number = "\\p{N}+";
const mark = "[^\\p{White_Space}\\p{L}\\p{N}]"; // punctuation, symbols, lone accents
const pattern = ` ?(?:${word}|${number}|${mark})|\\p{White_Space}`;
const tokens = new RegExp(pattern, "gu");
const lastWhiteSpace = /\p{White_Space}(?=\P{White_Space}*$)/u;

const splitter: Splitter = {
  kind: "word",
  noun: "word",
  wholeWords: true,
  pattern,
  split: (text) => text.match(tokens) ?? [],
  safeCut(text) {
    const common = Math.max(text.lastIndexOf(" "), text.lastIndexOf("\n"));
    return common >= 0 ? common : Math.max(0, text.search(lastWhiteSpace));
  },
};

/**
 * A token is a word (`don't`), a number or one mark, each with the one space before it where there is one, or a single
 * white-space character: `It's "2  o'clock".\n` is `It's| "|2| | o'clock|"|.|\n`. So a space only ever begins a token,
 * and text may be cut before any white space. Ids in the order of how often tokens were met.
 */
export const wordKind = wordLevelKind(splitter);

/** A tokenizer of whole words, numbers, marks and white space. */
export class WordTokenizer extends WordLevel {
  constructor(tokens: readonly string[], normalize?: NormalForm) {
    super(splitter, tokens, normalize);
  }
}
