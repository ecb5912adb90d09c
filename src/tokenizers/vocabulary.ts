import { closest, distance } from "fastest-levenshtein";
import { show } from "../core/checks.js";
import { DataError } from "../core/errors.js";
import { positionAfter, showPosition, type TextPosition } from "./position.js";
import type { Splitter } from "./splitter.js";
import type { Tokenizer, TokenizerKind } from "./tokenizer.js";

/** The unknown token; no kind of splitter makes it from text. */
export const unknownToken = "<unk>";

/** A tokenizer that looks the pieces of a splitter up in a list of tokens; a token's id is its place in the list. */
export class Vocabulary implements Tokenizer {
  readonly kind: TokenizerKind;
  readonly vocabSize: number;
  readonly unknownId: number | undefined;
  protected readonly ids: ReadonlyMap<string, number>;

  /** `tokens` are all different; `"<unk>"` among them is the unknown token. */
  constructor(
    private readonly splitter: Splitter,
    private readonly tokens: readonly string[],
  ) {
    this.kind = splitter.kind;
    this.vocabSize = tokens.length;
    this.ids = new Map(tokens.map((token, id) => [token, id]));
    this.unknownId = this.ids.get(unknownToken);
  }

  encode(text: string, from?: TextPosition): Int32Array {
    const pieces = this.splitter.split(text);
    const ids = new Int32Array(pieces.length);
    let offset = 0;
    for (let i = 0; i < pieces.length; i++) {
      const piece = pieces[i]!;
      ids[i] = this.ids.get(piece) ?? this.unknown(piece, text, offset, from);
      offset += piece.length;
    }
    return ids;
  }

  decode(ids: ArrayLike<number>): string {
    const texts = new Array<string>(ids.length);
    for (let i = 0; i < ids.length; i++) texts[i] = this.token(ids[i]!);
    return texts.join("");
  }

  token(id: number): string {
    const token = this.tokens[id];
    if (token === undefined) {
      throw new DataError(`a token id must be a whole number from 0 to ${this.vocabSize - 1}: got ${show(id)}`);
    }
    return token;
  }

  toJSON(): object {
    return {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: "Split", pattern: { Regex: this.splitter.pattern }, behavior: "Isolated", invert: false },
      post_processor: null,
      decoder: { type: "Fuse" },
      // Hugging Face's WordLevel must name an unknown token; where the vocabulary lacks it, unknown text is an error there too.
      model: { type: "WordLevel", vocab: Object.fromEntries(this.ids), unk_token: unknownToken },
    };
  }

  /** The unknown token's id, or a DataError about `piece` of `text` at `offset`. */
  protected unknown(piece: string, text: string, offset: number, from?: TextPosition): number {
    if (this.unknownId !== undefined) return this.unknownId;
    const bare = piece.length > 1 && piece.startsWith(" ") ? piece.slice(1) : piece;
    const where = showPosition(positionAfter(text.slice(0, offset + piece.length - bare.length), from));
    const near = closest(piece, this.tokens as string[]);
    const isNear = this.kind === "word" && distance(piece, near) <= piece.length / 2;
    throw new DataError(
      `${where}: the ${this.splitter.noun} ${showPiece(bare)} is not among the tokenizer's ${this.vocabSize} tokens` +
        `${isNear ? `, the nearest is ${show(near)}` : ""}: leave it out, or fit the tokenizer to text that has it, or train with --unknown-token`,
    );
  }
}

/** A piece of text as a message shows it; the code too where it is a single character that may not show. */
function showPiece(piece: string): string {
  const code = piece.codePointAt(0)!;
  const single = piece.length === String.fromCodePoint(code).length;
  return (
    show(piece) +
    (single && (code < 33 || code > 126) ? ` (U+${code.toString(16).toUpperCase().padStart(4, "0")})` : "")
  );
}
