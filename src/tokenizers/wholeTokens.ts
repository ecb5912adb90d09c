import type { NormalForm } from "../config/tokenizerFields.js";
import { DataError } from "../core/errors.js";
import type { TextRules } from "./tokenizer.js";

type Chunks = AsyncIterable<string> | Iterable<string>;

/** Longest stretch of text, in UTF-16 units, that may hold no place to cut. */
const maxUncut = 1 << 20;

/**
 * `chunks`, normalized and cut again so that each piece holds whole tokens: their tokens are those of the joined text.
 * `source` names the text in errors.
 *
 * @throws DataError if there is no place to cut for a long stretch, as in a text for `word` without white space.
 */
export async function* wholeTokens(rules: TextRules, chunks: Chunks, source = "the text"): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of normalized(chunks, rules.normalize)) {
    rest += chunk;
    const cut = rules.safeCut(rest);
    if (cut > 0) yield rest.slice(0, cut);
    rest = rest.slice(cut);
    if (rest.length > maxUncut) {
      throw new DataError(
        `${source} must have white space within every ${maxUncut} characters for the ${rules.kind} tokenizer: ` +
          `got none after ${JSON.stringify(rest.slice(0, 20))} (use the char tokenizer)`,
      );
    }
  }
  if (rest !== "") yield rest;
}

/** `text` in a normal form. */
export function normalizeText(text: string, form: NormalForm): string {
  return form === "none" ? text : text.normalize(form);
}

/** `chunks` in a normal form: joined, what the joined text is in it. */
async function* normalized(chunks: Chunks, form: NormalForm): AsyncGenerator<string> {
  if (form === "none") return yield* chunks;
  let rest = "";
  for await (const chunk of chunks) {
    rest += chunk;
    const cut = lastStarter(rest);
    if (cut > 0) yield rest.slice(0, cut).normalize(form);
    rest = rest.slice(cut);
  }
  if (rest !== "") yield rest.normalize(form);
}

/** Characters that may join one before them: accents, the later parts of Korean syllables, vowel signs of Kirat Rai. */
const joining = /[\p{M}\u1160-\u11ff\u{16d63}-\u{16d6a}]/u;

/** Where the last character of `text` begins that never joins one before it; 0 where there is none. */
function lastStarter(text: string): number {
  for (let at = text.length - 1; at > 0; at--) {
    const isLowSurrogate = (text.charCodeAt(at) & 0xfc00) === 0xdc00;
    if (!isLowSurrogate && !joining.test(String.fromCodePoint(text.codePointAt(at)!))) return at;
  }
  return 0;
}
