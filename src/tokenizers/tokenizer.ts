import type { NormalForm } from "../config/tokenizerFields.js";
import type { TextPosition } from "./position.js";

/** How text has to come to a tokenizer, or to the fitting of one. */
export interface TextRules {
  /** The tokenizer's kind, as in the registry. */
  readonly kind: string;
  /** The form that text is brought to first. */
  readonly normalize: NormalForm;
  /**
   * The last place where `text`, in that form, can be cut so that, whatever follows it, the tokens of both sides are
   * those of the whole; 0 where there is none.
   */
  safeCut(text: string): number;
}

/** The tokens of a text. */
export interface Encoding {
  ids: Int32Array;
  /**
   * Where each token begins in the normalized text, in UTF-16 units. A token's text runs to where the next one begins:
   * what a {@link TextDecoder} returns for it, so a character that takes several tokens belongs to its last.
   */
  offsets: Int32Array;
}

export interface EncodeOptions {
  /** Where the text stands in its source, for errors. @default its start */
  from?: TextPosition;
  /**
   * Whether the text begins a document: its first word, if it is known only after a space, stands for that token.
   * @default false
   */
  isStart?: boolean;
}

/** A prompt as a model reads it. */
export interface EncodedPrompt extends Encoding {
  /** The normalized text that the ids are of; `offsets` are places in it. */
  text: string;
  /** The prompt's end that is left to the next token to write: `" "` where words carry the space before them. */
  held: string;
}

/** Text of ids that come one at a time. */
export interface StreamDecoder {
  /** The text that `id` completes: empty where it ends inside a character. */
  push(id: number): string;
  /** What is left when no more ids come: an unfinished character as U+FFFD. */
  end(): string;
}

/** Text to token ids and back; `decode(encode(text))` is the normalized `text`, unknown tokens aside. */
export interface Tokenizer extends TextRules {
  /** Tokens known, `V`; ids run from 0 to `vocabSize - 1`. */
  readonly vocabSize: number;
  /** Id of the explicit unknown token, where the user asked for one. */
  readonly unknownId: number | undefined;
  /** Whether a word is always a token of its own; if not, a word ends only with what follows it. */
  readonly wholeWords: boolean;
  /**
   * The token ids of `text`.
   *
   * @throws DataError naming the token that is not known and where it is, unless there is an unknown token.
   */
  encode(text: string, options?: EncodeOptions): Int32Array;
  /** As `encode`, with where each token begins. */
  encodeWithOffsets(text: string, options?: EncodeOptions): Encoding;
  /**
   * The ids of a text for a model to go on from. A word that is known only with a space before it, or only without,
   * stands for that token.
   *
   * @param source what the text is, for errors. @default "prompt"
   * @throws DataError as `encode` does
   */
  encodePrompt(text: string, source?: string): EncodedPrompt;
  /**
   * The text of `ids`.
   *
   * @throws DataError if an id is not from 0 to `vocabSize - 1`.
   */
  decode(ids: ArrayLike<number>): string;
  /** Decodes ids one at a time: all that it returns, joined, is what `decode` returns. */
  decoder(): StreamDecoder;
  /** The text of one token, as `decode([id])`. */
  token(id: number): string;
  /** Hugging Face's `tokenizer.json`, as a value ready for JSON.stringify. */
  toJSON(): object;
}

export interface FitOptions {
  /** Whether `"<unk>"` is the first token and stands for everything that is not known. @default false */
  unknownToken?: boolean;
  /** The form that text is brought to, now and whenever it is encoded. @default "none" */
  normalize?: NormalForm;
}

/** Makes a tokenizer of text. */
export interface TokenizerFitter extends TextRules {
  /**
   * Learns from a piece of text, which is normalized and holds whole tokens.
   *
   * @returns how many tokens it holds, where that is known before the end
   */
  add(text: string): number | undefined;
  /**
   * A tokenizer of the text so far.
   *
   * @throws DataError if there is too little text to learn from, or half a surrogate pair in it.
   */
  finish(): Tokenizer;
}

/** A kind of tokenizer: its entry in the registry is all that the rest of heed knows of it. */
export interface TokenizerKind {
  fitter(options?: FitOptions): TokenizerFitter;
  /**
   * The tokenizer that a tokenizer.json describes, or undefined if it is of another kind.
   *
   * @param source the file's name, for errors
   * @throws DataError if it is of this kind but damaged
   */
  fromJson(json: TokenizerJson, source: string): Tokenizer | undefined;
}

/** The parts of a `tokenizer.json` that differ from kind to kind; the rest is read and checked for all kinds alike. */
export interface TokenizerJson {
  normalize: NormalForm;
  /** How text is split: one step after the other. */
  preTokenizer: unknown[];
  model: Record<string, unknown>;
  /** How tokens become text: one step after the other. */
  decoder: unknown[];
  /** Tokens that are found in text before it is split. */
  addedTokens: unknown[];
}
