import { countCharacters } from "../tokenizers/position.js";

/**
 * Counts characters (code points) and words of text given in pieces, cut anywhere but inside a character. A word is a
 * match of `\p{L}[\p{L}\p{M}]*(?:['’]\p{L}[\p{L}\p{M}]*)*` in the whole: letters of any script with their accents, and
 * apostrophes inside. A script that is written without spaces counts a run of its letters as one word.
 */
export class TextCounter {
  characters = 0;
  words = 0;
  private state: State = "outside";

  add(text: string): void {
    this.characters += countCharacters(text);
    let { state, words } = this;
    for (let i = 0; i < text.length; i++) {
      const code = text.codePointAt(i)!;
      if (code > 0xffff) i++;
      const kind = kindOf(code);
      if (kind === "letter") {
        if (state === "outside") words++;
        state = "word";
      } else if (kind === "apostrophe" && state === "word") state = "apostrophe";
      else if (kind !== "mark" || state !== "word") state = "outside";
    }
    this.state = state;
    this.words = words;
  }
}

/** What the last character was: part of a word, an apostrophe right after one, or neither. */
type State = "word" | "apostrophe" | "outside";

type Kind = "letter" | "mark" | "apostrophe" | "other";

function kindOf(code: number): Kind {
  if (code === 0x27 || code === 0x2019) return "apostrophe";
  if (code < 0x80) return isLatinLetter(code) ? "letter" : "other";
  const known = kinds.get(code);
  if (known) return known;
  const character = String.fromCodePoint(code);
  const kind = /\p{L}/u.test(character) ? "letter" : /\p{M}/u.test(character) ? "mark" : "other";
  kinds.set(code, kind);
  return kind;
}

const kinds = new Map<number, Kind>(); // of characters beyond ASCII, as they are met

function isLatinLetter(code: number): boolean {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
}
