import { CheckpointError } from "./errors.js";

export type JsonObject = Record<string, unknown>;

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
    value = JSON.parse(text);
  } catch {
    throw damaged("it must be JSON in UTF-8");
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
  while (text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
  return i;
}

function isFollowedByColon(text: string, closing: number): boolean {
  let i = closing + 1;
  while (text[i] === " " || text[i] === "\n" || text[i] === "\r" || text[i] === "\t") i++;
  return text[i] === ":";
}
