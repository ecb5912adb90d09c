import { CheckpointError } from "./errors.js";
import { readRegularFile } from "./files.js";

export type JsonObject = Record<string, unknown>;

/** Nothing that heed reads has more than ten; code that walks thousands overflows the stack. */
const maxLevels = 100;

/**
 * The value of JSON `text`.
 *
 * @throws SyntaxError if it is not JSON, or nested too deep.
 */
export function parseJson(text: string): unknown {
  let level = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === "{" || char === "[") level++;
    else if (char === "}" || char === "]") level--;
    else if (char === '"') i = closingQuote(text, i);
    if (level > maxLevels) throw new SyntaxError(`nesting must be at most ${maxLevels} levels deep`);
  }
  return JSON.parse(text);
}

/**
 * The value of a JSON file in UTF-8, with or without a byte order mark.
 *
 * @throws FileError if the file can't be read; SyntaxError if it is not JSON.
 */
export function readJson(path: string): unknown {
  const bytes = readRegularFile(path);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new SyntaxError("it is not UTF-8");
  }
  return parseJson(text);
}

/**
 * The JSON object in `bytes`, which must be UTF-8 and hold no key twice.
 *
 * @throws CheckpointError naming `where` and the rule that is broken.
 */
export function parseJsonObject(bytes: Uint8Array, where: string): JsonObject {
  const damaged = (rule: string) =>
    new CheckpointError(`${where} is damaged: ${rule} (copy it again, or choose another checkpoint)`);
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = parseJson(text);
  } catch (error) {
    const isDeep = (error as Error).message.startsWith("nesting");
    throw damaged(isDeep ? (error as Error).message : "it must be JSON in UTF-8");
  }
  if (!isObject(value)) throw damaged("it must be a JSON object");
  const key = duplicateKey(text);
  if (key !== undefined) throw damaged(`the key ${JSON.stringify(key)} must appear once only`);
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * `value` as indented JSON that parses back to the same value.
 *
 * @throws CheckpointError at a NaN or an infinity, which JSON would turn into null.
 */
export function exactJson(value: object, where: string): string {
  const check = (key: string, item: unknown) => {
    if (typeof item === "number" && !Number.isFinite(item)) {
      throw new CheckpointError(`${where} must hold finite numbers only: ${JSON.stringify(key)} is ${item}`);
    }
    return item;
  };
  return `${JSON.stringify(value, check, 2)}\n`;
}

/** The first key that one object of the valid JSON `text` has twice. */
function duplicateKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = []; // the keys of each open object; undefined for an array
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === "{") open.push(new Set());
    else if (char === "[") open.push(undefined);
    else if (char === "}" || char === "]") open.pop();
    else if (char === '"') {
      const end = closingQuote(text, i);
      if (isFollowedByColon(text, end)) {
        const key = JSON.parse(text.slice(i, end + 1)) as string;
        if (open.at(-1)?.has(key)) return key;
        open.at(-1)?.add(key);
      }
      i = end;
    }
  }
  return undefined;
}

function closingQuote(text: string, openingQuote: number): number {
  let i = openingQuote + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
  return i;
}

function isFollowedByColon(text: string, closing: number): boolean {
  let i = closing + 1;
  while (text[i] === " " || text[i] === "\n" || text[i] === "\r" || text[i] === "\t") i++;
  return text[i] === ":";
}
