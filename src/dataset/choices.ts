import { isOffset, isWord, readJsonLines } from "./jsonLines.js";

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
  return readJsonLines(file, { form: 'a choice, {"kind", "context", "start", "right", "wrong": [...]}', parse });
}

function parse({ kind, context, start, right, wrong }: Record<string, unknown>): Choice | undefined {
  const areWords =
    Array.isArray(wrong) && wrong.length > 0 && wrong.every(isWord) && !wrong.some((word) => word === right);
  if (!isWord(kind) || !isWord(right) || !areWords || !isOffset(context) || !isOffset(start)) return undefined;
  return context <= start ? { kind, context, start, right, wrong } : undefined;
}
