import type { NormalForm } from "../config/tokenizerFields.js";
import { type Splitter, WordLevel, wordLevelKind } from "./wordLevel.js";

const splitter: Splitter = {
  kind: "char",
  noun: "character",
  wholeWords: false,
  pattern: "[\\s\\S]",
  split: (text) => text, // a string gives its code points one by one
  safeCut: (text) => (endsInHighSurrogate(text) ? text.length - 1 : text.length),
  compare: (a, b) => a.codePointAt(0)! - b.codePointAt(0)!,
};

/** One token a Unicode character (code point); ids in the order of code points. */
export const charKind = wordLevelKind(splitter);

/** A tokenizer of single Unicode characters. */
export class CharTokenizer extends WordLevel {
  constructor(tokens: readonly string[], normalize?: NormalForm) {
    super(splitter, tokens, normalize);
  }
}

function endsInHighSurrogate(text: string): boolean {
  return (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
}
