import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { noPath, pathOf, type TextSource } from "../../config/textSource.js";
import { ConfigError, DataError } from "../../core/errors.js";
import { digestText } from "../../dataset/digestText.js";
import { encodeText } from "../../dataset/encodeText.js";
import { relationsFile } from "../../dataset/meta.js";
import { readWordPairs, type WordPair } from "../../dataset/wordPairs.js";
import type { RelatedText, TokenPair, TokenSpan } from "../../inspection/relationScores.js";
import { readRun } from "../../runs/runFolder.js";
import { countCharacters } from "../../tokenizers/position.js";
import type { Tokenizer } from "../../tokenizers/tokenizer.js";

/** A text to look into, and which of its words belong together, where its corpus says so. */
export interface AnnotatedText extends RelatedText {
  ids: number[];
  pairs: AnnotatedPair[];
}

export interface AnnotatedPair extends TokenPair {
  /** The word of `from`. */
  word: string;
  /** Which of its meanings it has, where it has several. */
  sense?: string;
}

export interface AnnotatedTextOptions {
  tokenizer: Tokenizer;
  /** Tokens in a text at most: what is longer is cut into several. */
  length: number;
  /** Texts to read. */
  most: number;
  onNote?: (line: string) => void;
}

/**
 * The first texts of a source: its paragraphs, as blank lines part them.
 *
 * @throws DataError if the source can't be read, has an unknown token, or has no paragraph of 2 tokens or more.
 */
export async function readAnnotatedTexts(source: TextSource, options: AnnotatedTextOptions): Promise<AnnotatedText[]> {
  const { tokenizer, length, most, onNote } = options;
  const pairs = await pairsOf(source, onNote);
  const cutter = new ParagraphCutter(length);
  for await (const { text, ids, offsets } of encodeText(source, tokenizer)) {
    ids.forEach((id, i) => {
      cutter.add(id, text.slice(offsets[i], offsets[i + 1] ?? text.length));
    });
    if (cutter.texts.length >= most) break;
  }
  const texts = cutter.finish().slice(0, most);
  if (texts.length > 0) return texts.map((tokens) => annotated(tokens, pairs));
  throw new DataError({ field: "data", rule: "have a paragraph of 2 tokens or more", got: "none" });
}

/**
 * What a run measured itself on: the first text that it validated on, else that it trained on.
 *
 * @param checkpoint the folder of a checkpoint
 * @throws ConfigError if there is no such file, so that the text has to be named
 */
export function textOfRun(checkpoint: string): string {
  const folder = dirname(checkpoint);
  const files = existsSync(join(folder, "run.json")) ? readRun(folder).files : [];
  const path = (files.find(({ split }) => split === "validation") ?? files[0])?.path;
  if (path !== undefined && path !== noPath && existsSync(path)) return path;
  const why =
    path === undefined ? `${checkpoint} is not in the folder of a run` : `its run read ${path}, which is not there`;
  throw new ConfigError({ field: "data", rule: "be given", got: `none, and ${why}`, remedy: "name a text file" });
}

async function pairsOf(source: TextSource, onNote?: (line: string) => void): Promise<WordPair[]> {
  const { sha256 } = await digestText(source, { onNote });
  if (typeof source !== "string") return [];
  const { file, note } = relationsFile(pathOf(source), sha256);
  if (note !== undefined) onNote?.(note);
  return file === undefined ? [] : readWordPairs(file);
}

/** A token and where it stands in its source, in characters. */
interface PlacedToken {
  id: number;
  text: string;
  start: number;
  end: number;
}

/** Cuts tokens into paragraphs, without the white space around them. */
class ParagraphCutter {
  readonly texts: PlacedToken[][] = [];
  private open: PlacedToken[] = [];
  private characters = 0;
  private tail = "";

  constructor(private readonly length: number) {}

  add(id: number, text: string): void {
    const start = this.characters;
    this.characters += countCharacters(text);
    this.tail = (this.tail + text).slice(-3);
    const isBlank = text.trim() === "";
    if (!isBlank || this.open.length > 0) this.open.push({ id, text, start, end: this.characters });
    if (/\n\r?\n$/.test(this.tail) || this.open.length === this.length) this.close();
  }

  finish(): PlacedToken[][] {
    this.close();
    return this.texts;
  }

  private close(): void {
    const last = this.open.findLastIndex(({ text }) => text.trim() !== "");
    if (last >= 1) this.texts.push(this.open.slice(0, last + 1));
    this.open = [];
  }
}

function annotated(tokens: readonly PlacedToken[], pairs: readonly WordPair[]): AnnotatedText {
  const [start, end] = [tokens[0]!.start, tokens.at(-1)!.end];
  const isInside = ([from, to]: WordPair["from"]) => from >= start && to <= end;
  const inside = pairs.filter(({ from, to }) => isInside(from) && isInside(to));
  return {
    ids: tokens.map(({ id }) => id),
    pairs: inside.map(({ kind, from, to, sense }) => ({
      kind,
      from: spanOf(tokens, from),
      to: spanOf(tokens, to),
      word: wordAt(tokens, from),
      ...(sense !== undefined && { sense }),
    })),
  };
}

/** The tokens that have a part of a stretch of characters. */
function spanOf(tokens: readonly PlacedToken[], [start, end]: WordPair["from"]): TokenSpan {
  return [tokens.findIndex((token) => token.end > start), tokens.findLastIndex((token) => token.start < end)];
}

function wordAt(tokens: readonly PlacedToken[], [start, end]: WordPair["from"]): string {
  const [first, last] = spanOf(tokens, [start, end]);
  const text = tokens.slice(first, last + 1).flatMap((token) => Array.from(token.text));
  const from = start - tokens[first]!.start;
  return text.slice(from, from + end - start).join("");
}
