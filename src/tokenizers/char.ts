import type { TextPosition } from "./position.js";
import type { Splitter } from "./splitter.js";
import { Vocabulary } from "./vocabulary.js";

/** One token a Unicode character (code point). */
export const charSplitter: Splitter = {
  kind: "char",
  noun: "character",
  pattern: "[\\s\\S]",
  split: (text) => Array.from(text),
  safeCut: (text) => (endsInHighSurrogate(text) ? text.length - 1 : text.length),
};

/** A tokenizer of single Unicode characters. */
export class CharTokenizer extends Vocabulary {
  constructor(tokens: readonly string[]) {
    super(charSplitter, tokens);
  }

  /** As {@link Vocabulary.encode}, without an array of one-character strings. */
  override encode(text: string, from?: TextPosition): Int32Array {
    const ids = new Int32Array(text.length);
    let count = 0;
    let offset = 0;
    for (const character of text) {
      ids[count++] = this.ids.get(character) ?? this.unknown(character, text, offset, from);
      offset += character.length;
    }
    return ids.subarray(0, count);
  }
}

function endsInHighSurrogate(text: string): boolean {
  return (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
}
