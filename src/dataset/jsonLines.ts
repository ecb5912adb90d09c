import { DataError } from "../core/errors.js";
import { readRegularFile } from "../core/files.js";
import { parseJson } from "../core/strictJson.js";

/** How a line of a JSON Lines file becomes a value. */
export interface LineForm<T> {
  /** What a line is and how it looks: `a choice, {"kind", …}`. */
  form: string;
  /** The value of a line, or undefined if its fields are not of this form. */
  parse(fields: Record<string, unknown>): T | undefined;
}

/**
 * The values of a JSON Lines file, in its order.
 *
 * @throws DataError naming the first line that is not of the form.
 */
export function readJsonLines<T>(file: string, { form, parse }: LineForm<T>): T[] {
  const lines = readRegularFile(file).toString().split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, i) => {
    const value = parse(fieldsOf(line));
    if (value) return value;
    const shown = line.length <= 80 ? line : `${line.slice(0, 77)}...`;
    throw new DataError(`${file}, line ${i + 1}: must be ${form}: got ${shown}`);
  });
}

function fieldsOf(line: string): Record<string, unknown> {
  try {
    return (parseJson(line) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export function isWord(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

export function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
