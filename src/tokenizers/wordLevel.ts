import { isDeepStrictEqual } from "node:util";
import { closest, distance } from "fastest-levenshtein";
import type { NormalForm } from "../config/tokenizerFields.js";
import { DataError, show } from "../core/errors.js";
import { isObject } from "../core/strictJson.js";
import { positionAfter, showPosition, type TextPosition } from "./position.js";
import type {
  EncodedPrompt,
  EncodeOptions,
  Encoding,
  FitOptions,
  StreamDecoder,
  Tokenizer,
  TokenizerFitter,
  TokenizerJson,
  TokenizerKind,
} from "./tokenizer.js";
import { normalizeText } from "./wholeTokens.js";

/** How one kind of tokenizer cuts text into the pieces that its vocabulary lists. */
export interface Splitter {
  readonly kind: string;
  /** What a message calls a token. */
  readonly noun: string;
  readonly wholeWords: boolean;
  /**
   * What one token is, as a regular expression that JavaScript (flags `gu`), Oniguruma and Rust read alike: it names
   * Unicode properties, because `\s` and `\w` differ among the three. Written into tokenizer.json.
   */
  readonly pattern: string;
  /** The pieces of `text` in order; joined they are `text`. */
  split(text: string): Iterable<string>;
  /** As of `TextRules`. */
  safeCut(text: string): number;
  /** The order of ids where it is not that of how often the tokens were met. */
  compare?(a: string, b: string): number;
}

/** The unknown token; no splitter makes it from text. */
export const unknownToken = "<unk>";

/** Longest unknown piece, in UTF-16 units, for which the nearest known one is looked for. */
const longestCompared = 64;

/** Which pieces that are not known may be replaced by the same with a space before it, or without: */
type StandIns = "none" | "first" | "all";

/** A tokenizer that looks the pieces of a splitter up in a list of tokens; a token's id is its place in the list. */
export class WordLevel implements Tokenizer {
  readonly kind: string;
  readonly wholeWords: boolean;
  readonly vocabSize: number;
  readonly unknownId: number | undefined;
  private readonly ids: ReadonlyMap<string, number>;

  /** `tokens` are all different; `"<unk>"` among them is the unknown token. */
  constructor(
    private readonly splitter: Splitter,
    private readonly tokens: readonly string[],
    readonly normalize: NormalForm = "none",
  ) {
    this.kind = splitter.kind;
    this.wholeWords = splitter.wholeWords;
    this.vocabSize = tokens.length;
    this.ids = new Map(tokens.map((token, id) => [token, id]));
    this.unknownId = this.ids.get(unknownToken);
  }

  safeCut(text: string): number {
    return this.splitter.safeCut(text);
  }

  encode(text: string, options?: EncodeOptions): Int32Array {
    return this.encodeWithOffsets(text, options).ids;
  }

  encodeWithOffsets(text: string, { from, isStart = false }: EncodeOptions = {}): Encoding {
    return this.lookUp(normalizeText(text, this.normalize), isStart ? "first" : "none", from);
  }

  encodePrompt(given: string, source = "prompt"): EncodedPrompt {
    const text = normalizeText(this.knows("\ufeff") ? given : given.replaceAll("\ufeff", ""), this.normalize);
    // A space begins the word after it; a lone one is a token of its own only where the text had several in a row.
    const spaces = this.wholeWords ? (/^ +$| +$/.exec(text)?.[0].length ?? 0) : 0;
    const held = this.knows(" ") ? Math.min(1, spaces) : spaces;
    const end = text.length - held;
    const read = text.slice(0, end);
    const encoding = this.lookUp(read, "all", { source, line: 1, column: 1 });
    return { ...encoding, text: read, held: text.slice(end) };
  }

  decode(ids: ArrayLike<number>): string {
    const texts = new Array<string>(ids.length);
    for (let i = 0; i < ids.length; i++) texts[i] = this.token(ids[i]!);
    return texts.join("");
  }

  decoder(): StreamDecoder {
    return { push: (id) => this.token(id), end: () => "" };
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
      normalizer: this.normalize === "none" ? null : { type: this.normalize },
      pre_tokenizer: preTokenizerOf(this.splitter),
      post_processor: null,
      decoder: { type: "Fuse" },
      // Hugging Face's WordLevel must name an unknown token; where the vocabulary lacks it, unknown text is an error there too.
      model: { type: "WordLevel", vocab: Object.fromEntries(this.ids), unk_token: unknownToken },
    };
  }

  private lookUp(text: string, standIns: StandIns, from?: TextPosition): Encoding {
    const ids = new Int32Array(text.length);
    const offsets = new Int32Array(text.length);
    let count = 0;
    let offset = 0;
    for (const piece of this.splitter.split(text)) {
      const mayStandIn = standIns === "all" || (standIns === "first" && count === 0);
      const id = this.ids.get(piece) ?? (mayStandIn ? this.ids.get(otherSpacing(piece)) : undefined);
      ids[count] = id ?? this.unknown(piece, text, offset, from);
      offsets[count++] = offset;
      offset += piece.length;
    }
    return { ids: ids.subarray(0, count), offsets: offsets.subarray(0, count) };
  }

  /** Whether every piece of `text` is a token. */
  private knows(text: string): boolean {
    for (const piece of this.splitter.split(text)) if (!this.ids.has(piece)) return false;
    return true;
  }

  /** The unknown token's id, or a DataError about `piece` of `text` at `offset`. */
  private unknown(piece: string, text: string, offset: number, from?: TextPosition): number {
    if (this.unknownId !== undefined) return this.unknownId;
    const bare = withoutSpace(piece);
    const where = showPosition(positionAfter(text.slice(0, offset + piece.length - bare.length), from));
    throw new DataError(
      `${where}: the ${this.splitter.noun} ${showPiece(bare)} is not among the tokenizer's ${this.vocabSize} tokens` +
        this.explain(piece, text, offset),
    );
  }

  /** How a message about an unknown piece goes on: what it may have been meant to be, and what to do. */
  private explain(piece: string, text: string, offset: number): string {
    const whole = withAccents(text, offset, piece.length);
    for (const [form, name] of [
      ["NFC", "composed"],
      ["NFD", "decomposed"],
    ] as const) {
      if (whole.normalize(form) !== whole && this.knows(whole.normalize(form))) {
        return (
          `, but it is among them in Unicode's ${name} form (${form}), which looks the same: ` +
          `convert this text to ${form}, or train with --normalize NFC, which brings both to one form`
        );
      }
    }
    const near = piece.length <= longestCompared ? closest(piece, this.tokens as string[]) : undefined;
    const isNear = near !== undefined && this.wholeWords && distance(piece, near) <= piece.length / 2;
    return (
      `${isNear ? `, the nearest is ${show(near)}` : ""}: ` +
      "leave it out, or fit the tokenizer to text that has it, or train with --unknown-token"
    );
  }
}

/** The kind of tokenizer that lists the pieces of a splitter. */
export function wordLevelKind(splitter: Splitter): TokenizerKind {
  return {
    fitter: (options) => new WordLevelFitter(splitter, options),
    fromJson(json, source) {
      const { model, preTokenizer } = json;
      if (model.type !== "WordLevel" || !isDeepStrictEqual(preTokenizer, [preTokenizerOf(splitter)])) return undefined;
      return new WordLevel(splitter, readTokens(json, splitter, source), json.normalize);
    },
  };
}

/** Counts the pieces of text. */
class WordLevelFitter implements TokenizerFitter {
  readonly kind: string;
  readonly normalize: NormalForm;
  private readonly counts = new Map<string, number>();
  private readonly unknownToken: boolean;

  constructor(
    private readonly splitter: Splitter,
    { unknownToken = false, normalize = "none" }: FitOptions = {},
  ) {
    this.kind = splitter.kind;
    this.normalize = normalize;
    this.unknownToken = unknownToken;
  }

  safeCut(text: string): number {
    return this.splitter.safeCut(text);
  }

  add(text: string): number {
    const { counts } = this;
    let added = 0;
    for (const token of this.splitter.split(text)) {
      const count = counts.get(token);
      added++;
      if (count === undefined) counts.set(ownString(token), 1);
      else counts.set(token, count + 1);
    }
    return added;
  }

  /** The tokens met, the most frequent first, and among equals in the order of UTF-16 units, or as the splitter says. */
  finish(): Tokenizer {
    const { counts, splitter } = this;
    const tokens = [...counts.keys()];
    if (tokens.length < 2) {
      const only = tokens.map((token) => `, ${show(token)}`).join("");
      throw new DataError(
        `a text must have at least 2 different ${splitter.noun}s to learn from: got ${tokens.length}${only} (give another text)`,
      );
    }
    const half = tokens.find((token) => /\p{Surrogate}/u.test(token));
    if (half !== undefined) {
      throw new DataError(`a text must be whole Unicode characters: got half a surrogate pair, ${show(half)}`);
    }
    tokens.sort(splitter.compare ?? ((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1)));
    return new WordLevel(splitter, this.unknownToken ? [unknownToken, ...tokens] : tokens, this.normalize);
  }
}

function preTokenizerOf({ pattern }: Splitter): object {
  return { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false };
}

/** The tokens of a WordLevel model by id, checked: ids 0 to V - 1, each once, and every token one that text can give. */
function readTokens(json: TokenizerJson, splitter: Splitter, source: string): string[] {
  const fail = (field: string, rule: string, value: unknown): never => {
    throw new DataError({ where: source, field, rule, value, remedy: "fit another tokenizer" });
  };
  const { model, decoder, addedTokens } = json;
  const other = decoder.find((step) => !isObject(step) || step.type !== "Fuse");
  if (other !== undefined) fail("decoder", 'be {"type":"Fuse"}', other);
  if (model.unk_token !== unknownToken) fail("model.unk_token", `be ${show(unknownToken)}`, model.unk_token);
  const { vocab } = model;
  const entries = isObject(vocab) ? Object.entries(vocab) : [];
  if (entries.length < 2) fail("model.vocab", "be an object of at least 2 tokens", vocab);
  const tokens = new Array<string | undefined>(entries.length);
  for (const [token, id] of entries) {
    const field = `model.vocab[${show(token)}]`;
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id >= entries.length) {
      return fail(field, `be a whole number from 0 to ${entries.length - 1}`, id);
    }
    const other = tokens[id];
    if (other !== undefined) fail(field, `be an id of its own, not that of ${show(other)}`, id);
    if (token !== unknownToken && [...splitter.split(token)].length !== 1) {
      fail("every token of model.vocab", `be one ${splitter.noun}`, token);
    }
    tokens[id] = token;
  }
  // Added tokens are looked for before a text is split. That changes nothing for the unknown token, which is in no text,
  // and for single characters, which are split off anyway.
  const changesIds = (token: unknown) =>
    !isObject(token) ||
    typeof token.content !== "string" ||
    tokens[token.id as number] !== token.content ||
    (token.content !== unknownToken && (splitter.wholeWords || token.lstrip === true || token.rstrip === true));
  const added = addedTokens.find(changesIds);
  if (added !== undefined) fail("added_tokens", "leave the ids of texts as they are", added);
  return tokens as string[]; // as many different ids as places
}

/** The same word without the space before it, or with one. */
function otherSpacing(piece: string): string {
  return piece.startsWith(" ") ? withoutSpace(piece) : ` ${piece}`;
}

function withoutSpace(piece: string): string {
  return piece.length > 1 && piece.startsWith(" ") ? piece.slice(1) : piece;
}

/** The piece of `text` with all of the character that it begins in, and the accents after it. */
function withAccents(text: string, offset: number, length: number): string {
  let start = offset;
  while (start > 0 && /^\p{M}/u.test(text.slice(start, start + 2))) start--;
  const accents = /^\p{M}*/u.exec(text.slice(offset + length))![0];
  return text.slice(start, offset + length + accents.length);
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

/** A copy of `token`: a slice of a chunk would keep the whole chunk in memory. */
function ownString(token: string): string {
  return Buffer.from(token, "utf16le").toString("utf16le");
}
