import { DataError } from "../core/errors.js";
import { readRegularFile } from "../core/files.js";
import { parseJson } from "../core/strictJson.js";

/** A place of a text where what came before decides a word. Offsets count characters. */
export interface Choice {
  /** What kind of relation decides it. */
  kind: string;
  /** Where the text begins that decides it. */
  context: number;
  /** Where the word begins. */
  start: number;
  /** The word that stands there. */
  right: string;
  /** Words that can't stand there, and could elsewhere. */
  wrong: string[];
}

/**
 * The choices of a JSON Lines file, one a line, in the order of the file.
 *
 * @throws DataError naming the first line that is none.
 */
export function readChoices(file: string): Choice[] {
  const lines = readRegularFile(file).toString().split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, i) => {
    const choice = parse(line);
    if (choice) return choice;
    const shown = line.length <= 80 ? line : `${line.slice(0, 77)}...`;
    throw new DataError(
      `${file}, line ${i + 1}: must be a choice, {"kind", "context", "start", "right", "wrong": [...]}: got ${shown}`,
    );
  });
}

function parse(line: string): Choice | undefined {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch {
    return undefined;
  }
  const { kind, context, start, right, wrong } = (value ?? {}) as Record<string, unknown>;
  const isWord = (word: unknown): word is string => typeof word === "string" && word !== "";
  const areWords =
    Array.isArray(wrong) && wrong.length > 0 && wrong.every(isWord) && !wrong.some((word) => word === right);
  if (!isWord(kind) || !isWord(right) || !areWords || !isOffset(context) || !isOffset(start)) return undefined;
  return context <= start ? { kind, context, start, right, wrong } : undefined;
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
