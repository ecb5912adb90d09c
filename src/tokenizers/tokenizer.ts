import type { TextPosition } from "./position.js";

export const tokenizerKinds = ["char", "word"] as const;
export type TokenizerKind = (typeof tokenizerKinds)[number];

/** Text to token ids and back; `decode(encode(text))` is `text`, unknown tokens aside. */
export interface Tokenizer {
  readonly kind: TokenizerKind;
  /** Tokens known, `V`; ids run from 0 to `vocabSize - 1`. */
  readonly vocabSize: number;
  /** Id of the explicit unknown token, where the user asked for one. */
  readonly unknownId: number | undefined;
  /**
   * The token ids of `text`; `from` is where `text` stands in its source, for errors.
   *
   * @throws DataError naming the token that is not known and where it is, unless there is an unknown token.
   */
  encode(text: string, from?: TextPosition): Int32Array;
  /**
   * The text of `ids`.
   *
   * @throws DataError if an id is not from 0 to `vocabSize - 1`.
   */
  decode(ids: ArrayLike<number>): string;
  /** The text of one token, as `decode([id])`. */
  token(id: number): string;
  /** Hugging Face's `tokenizer.json`, as a value ready for JSON.stringify. */
  toJSON(): object;
}
