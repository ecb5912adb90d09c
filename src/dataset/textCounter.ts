import { countCharacters } from "../tokenizers/position.js";

const apostrophe = 39;

/**
 * Counts characters (code points) and words of text given in pieces, cut anywhere but inside a character. A word is a
 * match of `[A-Za-z]+(?:'[A-Za-z]+)*` in the whole.
 */
export class TextCounter {
  characters = 0;
  words = 0;
  private before = 0; // the last UTF-16 unit so far
  private beforeThat = 0;

  add(text: string): void {
    this.characters += countCharacters(text);
    let { words, before, beforeThat } = this;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      // A word begins at a letter that follows neither a letter nor a letter's apostrophe.
      if (isLetter(unit) && !isLetter(before) && !(before === apostrophe && isLetter(beforeThat))) words++;
      beforeThat = before;
      before = unit;
    }
    Object.assign(this, { words, before, beforeThat });
  }
}

function isLetter(unit: number): boolean {
  const lower = unit | 32;
  return lower >= 97 && lower <= 122;
}
