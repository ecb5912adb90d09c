import type { TokenizerKind } from "./tokenizer.js";

/** How one kind of tokenizer cuts text into tokens, before any vocabulary. */
export interface Splitter {
  readonly kind: TokenizerKind;
  /** What a message calls a token. */
  readonly noun: string;
  /**
   * What one token is, as a regular expression that JavaScript (flags `gu`), Oniguruma and Rust read alike: it names
   * Unicode properties, because `\s` and `\w` differ among the three. Written into tokenizer.json.
   */
  readonly pattern: string;
  /** The tokens of `text` in order; joined they are `text`. */
  split(text: string): string[];
  /**
   * The last place where `text` can be cut so that, whatever follows it, the tokens of both sides are those of the
   * whole; 0 where there is none.
   */
  safeCut(text: string): number;
}

/** Longest stretch of text, in UTF-16 units, that may hold no place to cut. */
export const maxUncut = 1 << 20;
