import { isOffset, isWord, readJsonLines } from "./jsonLines.js";

/** Two stretches of a text that belong together. Offsets count characters; ends are exclusive. */
export interface WordPair {
  /** Their relation: "pronoun". */
  kind: string;
  /** What depends on the other: "she". */
  from: [start: number, end: number];
  /** What it depends on: "Hanna". */
  to: [start: number, end: number];
  /** Which of its meanings `from` has, where it has several. */
  sense?: string;
}

/**
 * The pairs of a JSON Lines file, one a line, in the order of the file.
 *
 * @throws DataError naming the first line that is none.
 */
export function readWordPairs(file: string): WordPair[] {
  return readJsonLines(file, { form: 'a relation, {"kind", "from": [start, end], "to": [start, end]}', parse });
}

function parse({ kind, from, to, sense }: Record<string, unknown>): WordPair | undefined {
  const isSense = sense === undefined || isWord(sense);
  if (!isWord(kind) || !isSpan(from) || !isSpan(to) || !isSense) return undefined;
  return { kind, from, to, ...(sense !== undefined && { sense }) };
}

function isSpan(value: unknown): value is [number, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [start, end] = value;
  return isOffset(start) && isOffset(end) && start < end;
}
