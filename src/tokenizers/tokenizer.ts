export const tokenizerKinds = ["char", "word"] as const;
export type TokenizerKind = (typeof tokenizerKinds)[number];

/** Text to token ids and back; `decode(encode(text))` is `text`. */
export interface Tokenizer {
  readonly kind: TokenizerKind;
  /** Tokens known, `V`; ids run from 0 to `vocabSize - 1`. */
  readonly vocabSize: number;
  /** Id of the explicit unknown token, where the user asked for one. */
  readonly unknownId: number | undefined;
  /**
   * The token ids of `text`.
   *
   * @throws DataError naming the token that is not known and its line and column, unless there is an unknown token.
   */
  encode(text: string): Int32Array;
  /** The text of `ids`. */
  decode(ids: ArrayLike<number>): string;
  /** The text of one token. */
  token(id: number): string;
  /** Hugging Face's `tokenizer.json`, as a value ready for JSON.stringify. */
  toJSON(): object;
}
