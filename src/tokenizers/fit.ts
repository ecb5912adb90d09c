import { requireInteger } from "../core/checks.js";
import { ConfigError, DataError } from "../core/errors.js";
import { CharTokenizer, charSplitter } from "./char.js";
import { maxUncut, type Splitter } from "./splitter.js";
import type { Tokenizer, TokenizerKind } from "./tokenizer.js";
import { unknownToken } from "./vocabulary.js";
import { WordTokenizer, wordSplitter } from "./word.js";

export const splitters: Record<TokenizerKind, Splitter> = { char: charSplitter, word: wordSplitter };

export interface FitOptions {
  /** Whether `"<unk>"` is the first token and stands for everything that is not known. @default false */
  unknownToken?: boolean;
  /** Most tokens to know, `"<unk>"` among them: the most frequent are kept. Needs `unknownToken`. @default no limit */
  maxVocab?: number;
}

/** The tokenizer of `kind` over `tokens`, in the order of their ids. */
export function createTokenizer(kind: TokenizerKind, tokens: readonly string[]): Tokenizer {
  return kind === "char" ? new CharTokenizer(tokens) : new WordTokenizer(tokens);
}

/** A tokenizer that knows every token of one text, given in chunks cut anywhere; see {@link TokenCounter}. */
export async function fitTokenizer(
  kind: TokenizerKind,
  chunks: AsyncIterable<string> | Iterable<string>,
  options: FitOptions = {},
): Promise<Tokenizer> {
  const counter = new TokenCounter(kind);
  for await (const text of wholeTokens(kind, chunks)) counter.add(text);
  return counter.tokenizer(options);
}

/** Counts the tokens of text, to build a tokenizer of them. */
export class TokenCounter {
  private readonly counts = new Map<string, number>();
  private sum = 0;

  constructor(readonly kind: TokenizerKind) {}

  /** Tokens counted so far. */
  get total(): number {
    return this.sum;
  }

  /** Counts the tokens of `text`, which holds whole tokens only. */
  add(text: string): void {
    const { counts } = this;
    for (const token of splitters[this.kind].split(text)) {
      const count = counts.get(token);
      this.sum++;
      if (count === undefined) counts.set(ownString(token), 1);
      else counts.set(token, count + 1);
    }
  }

  /**
   * A tokenizer of the tokens counted. Ids follow the code point for `char`; for `word` the count, the most frequent
   * first, and among equals the order of UTF-16 units. `"<unk>"` is first where it is asked for.
   *
   * @throws DataError if the text has fewer than two different tokens or half a surrogate pair; ConfigError if `maxVocab` breaks its rule.
   */
  tokenizer(options: FitOptions = {}): Tokenizer {
    const { kind, counts } = this;
    const noun = splitters[kind].noun;
    if (counts.size < 2) {
      const only = [...counts.keys()].map((token) => `, ${JSON.stringify(token)}`).join("");
      throw new DataError(
        `a text must have at least 2 different ${noun}s to learn from: got ${counts.size}${only} (give another text)`,
      );
    }
    let tokens = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1));
    const half = tokens.find((token) => /\p{Surrogate}/u.test(token));
    if (half !== undefined) {
      throw new DataError(
        `a text must be whole Unicode characters: got half a surrogate pair, ${JSON.stringify(half)}`,
      );
    }
    const places = maxVocabChecked(options, tokens.length, noun) - (options.unknownToken ? 1 : 0);
    tokens = tokens.slice(0, places);
    if (kind === "char") tokens.sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
    return createTokenizer(kind, options.unknownToken ? [unknownToken, ...tokens] : tokens);
  }
}

/**
 * `chunks`, cut anew so that each piece holds whole tokens of `kind`: their tokens are those of the joined text.
 * `source` names the text in errors.
 *
 * @throws DataError if there is no place to cut for a long stretch, as in a text for `word` without white space.
 */
export async function* wholeTokens(
  kind: TokenizerKind,
  chunks: AsyncIterable<string> | Iterable<string>,
  source = "the text",
): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    rest += chunk;
    const cut = splitters[kind].safeCut(rest);
    if (cut > 0) yield rest.slice(0, cut);
    rest = rest.slice(cut);
    if (rest.length > maxUncut) {
      throw new DataError(
        `${source} must have white space within every ${maxUncut} characters for the ${kind} tokenizer: ` +
          `got none after ${JSON.stringify(rest.slice(0, 20))} (use the char tokenizer)`,
      );
    }
  }
  if (rest !== "") yield rest;
}

function maxVocabChecked(options: FitOptions, different: number, noun: string): number {
  const all = different + (options.unknownToken ? 1 : 0);
  if (options.maxVocab === undefined) return all;
  const most = requireInteger("maxVocab", options.maxVocab, 2);
  if (most < all && !options.unknownToken) {
    throw new ConfigError(
      `maxVocab must be at least the text's ${different} different ${noun}s where there is no unknown token: ` +
        `got ${most} (raise it or set unknownToken: true)`,
    );
  }
  return most;
}

/** A copy of `token`: a slice of a chunk would keep the whole chunk in memory. */
function ownString(token: string): string {
  return Buffer.from(token, "utf16le").toString("utf16le");
}
