import { normalForms } from "../config/tokenizerFields.js";
import { requireOneOf } from "../core/checks.js";
import { charKind } from "./char.js";
import type { FitOptions, Tokenizer, TokenizerFitter, TokenizerKind } from "./tokenizer.js";
import { normalizeText } from "./wholeTokens.js";
import { wordKind } from "./word.js";

/** Every kind of tokenizer, by the name that options and flags give it. */
export const tokenizerKinds = { char: charKind, word: wordKind } satisfies Record<string, TokenizerKind>;

export type TokenizerKindName = keyof typeof tokenizerKinds;

export const tokenizerKindNames = Object.keys(tokenizerKinds) as TokenizerKindName[];

export interface FitKindOptions extends FitOptions {
  /** @default "char" */
  kind?: TokenizerKindName;
}

/**
 * What fits a tokenizer to text that comes in pieces.
 *
 * @throws ConfigError if there is no such kind or normal form.
 */
export function createFitter({ kind = "char", ...options }: FitKindOptions = {}): TokenizerFitter {
  if (options.normalize !== undefined) requireOneOf("normalize", options.normalize, normalForms);
  return tokenizerKinds[requireOneOf("kind", kind, tokenizerKindNames)].fitter(options);
}

/**
 * A tokenizer that knows every token of `text`.
 *
 * @throws DataError if the text has fewer than two different tokens or half a surrogate pair.
 */
export function fitTokenizer(text: string, options?: FitKindOptions): Tokenizer {
  const fitter = createFitter(options);
  fitter.add(normalizeText(text, fitter.normalize));
  return fitter.finish();
}
