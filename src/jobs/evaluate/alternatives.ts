import { DataError } from "../../core/errors.js";
import type { Choice } from "../../dataset/choices.js";
import { encodeFile } from "../../dataset/encodeFile.js";
import { splitters } from "../../tokenizers/fit.js";
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
  private constructor(
    private readonly pieces: readonly string[],
    /** The token that begins at a character. */
    private readonly starts: ReadonlyMap<number, number>,
  ) {}

  static async read(path: string, tokenizer: Tokenizer): Promise<TokenPlaces> {
    const pieces: string[] = [];
    const starts = new Map<number, number>();
    let at = 0;
    for await (const { text } of encodeFile(path, tokenizer)) {
      for (const piece of splitters[tokenizer.kind].split(text)) {
        starts.set(at, pieces.length);
        pieces.push(piece);
        at += countCharacters(piece);
      }
    }
    return new TokenPlaces(pieces, starts);
  }

  /** The token that begins at character `at`, if one does. */
  tokenAt(at: number): number | undefined {
    return this.starts.get(at);
  }

  /** At least `length` characters of the text from a token on, or all that are left. */
  textFrom(token: number, length: number): string {
    return this.pieces.slice(token, token + length).join("");
  }
}

/**
 * What the model is asked at a choice: the tokens of each word, with the space before it where the tokenizer joins them.
 * Of single characters a word ends with the character that follows it in the text, for the right word and the wrong ones
 * alike. Undefined if the tokenizer does not know the right word, or none of the wrong ones.
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
  const said = first === undefined ? "" : places.textFrom(first, right.length + 2);
  if (first === undefined || from === undefined || !said.startsWith(lead + right)) {
    const there =
      said === "" ? "no token begins there" : `the text there says ${JSON.stringify(said.slice(0, right.length + 5))}`;
    throw new DataError(
      `${source} must fit its text: got ${JSON.stringify(right)} at character ${start} after context from ${context}, and ` +
        `${there} (put back the files as they came)`,
    );
  }
  const after = tokenizer.kind === "char" ? (Array.from(said.slice(right.length))[0] ?? "") : "";
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
