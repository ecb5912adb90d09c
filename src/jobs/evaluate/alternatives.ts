import { DataError } from "../../core/errors.js";
import type { Choice } from "../../dataset/choices.js";
import type { EncodedChunk } from "../../dataset/encodeText.js";
import { countCharacters } from "../../tokenizers/position.js";
import type { Tokenizer } from "../../tokenizers/tokenizer.js";

/** The words of a choice as tokens. */
export interface Alternatives {
  /** The text's token that begins the word. */
  first: number;
  /** The text's token that begins the context. */
  context: number;
  /** The tokens of the right word, then of each wrong word that the tokenizer knows. */
  tokens: Int32Array[];
}

/** Where each token of a text stands. */
export class TokenPlaces {
  private text = "";
  private characters = 0;
  /** Where each token begins in `text`. */
  private readonly offsets: number[] = [];
  /** The first token that begins at a character. */
  private readonly tokens = new Map<number, number>();

  /** Takes the next stretch of the text. */
  add({ text, offsets }: EncodedChunk): void {
    for (let i = 0; i < offsets.length; i++) {
      if (!this.tokens.has(this.characters)) this.tokens.set(this.characters, this.offsets.length);
      this.offsets.push(this.text.length + offsets[i]!);
      this.characters += countCharacters(text.slice(offsets[i], offsets[i + 1] ?? text.length));
    }
    this.text += text;
  }

  /** The token that begins at character `at`, if one does. */
  tokenAt(at: number): number | undefined {
    return this.tokens.get(at);
  }

  /** At least `length` UTF-16 units of the text from a token on, or all that are left. */
  textFrom(token: number, length: number): string {
    return this.text.slice(this.offsets[token], this.offsets[token]! + length);
  }
}

/**
 * What the model is asked at a choice: the tokens of each word, with the space before it where the tokenizer joins them.
 * Where a word is no token of its own, it ends with the character that follows it in the text, for the right word and the
 * wrong ones alike. Undefined if the tokenizer does not know the right word, or none of the wrong ones.
 *
 * @throws DataError if the choice does not fit the text.
 */
export function alternativesOf(
  { context, start, right, wrong }: Choice,
  { places, tokenizer, source }: { places: TokenPlaces; tokenizer: Tokenizer; source: string },
): Alternatives | undefined {
  const alone = places.tokenAt(start);
  const first = alone ?? places.tokenAt(start - 1);
  const from = places.tokenAt(context);
  const lead = alone === undefined ? " " : "";
  const said = first === undefined ? "" : places.textFrom(first, right.length + 5);
  if (first === undefined || from === undefined || !said.startsWith(lead + right)) {
    const there = said === "" ? "no token begins there" : `the text there says ${JSON.stringify(said)}`;
    throw new DataError(
      `${source} must fit its text: got ${JSON.stringify(right)} at character ${start} after context from ${context}, and ` +
        `${there} (put back the files as they came)`,
    );
  }
  const after = tokenizer.wholeWords ? "" : (Array.from(said.slice(lead.length + right.length))[0] ?? "");
  const [rightIds, ...wrongIds] = [right, ...wrong].map((word) => encodeKnown(lead + word + after, tokenizer));
  const known = wrongIds.filter((ids) => ids !== undefined);
  return rightIds && known.length > 0 ? { first, context: from, tokens: [rightIds, ...known] } : undefined;
}

/** The tokens of a word; undefined if the tokenizer does not know it. */
function encodeKnown(word: string, tokenizer: Tokenizer): Int32Array | undefined {
  try {
    const ids = tokenizer.encode(word);
    return tokenizer.unknownId !== undefined && ids.includes(tokenizer.unknownId) ? undefined : ids;
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}
