import { open, stat } from "node:fs/promises";
import { nameOf, type TextSource } from "../config/textSource.js";
import { DataError, show } from "../core/errors.js";
import { asFileError } from "../core/files.js";
import { isUtf8Start, recognizeBytes } from "./notText.js";

/** Bytes read at a time. */
const chunkBytes = 1 << 17;

export interface ReadTextOptions {
  /** What messages call such a text. @default "data file" */
  role?: string;
  /** Sees every byte of the text in order, before its characters; the array is reused. */
  onBytes?: (bytes: Uint8Array) => void;
  /** Is called with what the user should know of the text, a line each, when all of it is read. */
  onNote?: (line: string) => void;
  /** Whether byte order marks inside the text are kept as characters. @default false */
  keepMarks?: boolean;
}

/**
 * The text of a UTF-8 source in chunks of whole characters. Byte order marks are left out: one at the start is none of
 * the text, and one further on is left over where files were joined.
 *
 * @throws DataError if a file is not there or not a regular file, or the text is empty or not UTF-8 (naming what it is
 *   instead, or the first bad byte).
 */
export async function* readTextChunks(source: TextSource, options: ReadTextOptions = {}): AsyncGenerator<string> {
  await requireText(source, options);
  if (typeof source !== "string") {
    let bytes = bytesOf(source);
    yield* decodeUtf8(nameOf(source), options, async (into) => {
      const read = bytes.subarray(0, into.length);
      into.set(read);
      bytes = bytes.subarray(read.length);
      return read.length;
    });
    return;
  }
  const file = await open(source).catch((error) => {
    throw asFileError(error, source);
  });
  try {
    yield* decodeUtf8(source, options, async (into) => (await file.read(into, 0, into.length, null)).bytesRead);
  } catch (error) {
    throw asFileError(error, source); // of a disk that fails
  } finally {
    await file.close();
  }
}

/** The whole text of a source that is no larger than one string can be; as `readTextChunks`. */
export async function readText(source: TextSource, options?: ReadTextOptions): Promise<string> {
  let text = "";
  for await (const chunk of readTextChunks(source, options)) text += chunk;
  return text;
}

/**
 * The size in bytes of a text, checked without reading it.
 *
 * @throws DataError if a file is not there or not a regular file, or the text is empty, or no whole characters.
 */
export async function requireText(source: TextSource, { role = "data file" }: ReadTextOptions = {}): Promise<number> {
  const name = show(nameOf(source));
  const size = typeof source === "string" ? await sizeOfFile(source, role) : bytesOf(source).length;
  if (size > 0) return size;
  throw new DataError(`${role} must not be empty: got ${name}, 0 bytes (put some text in it)`);
}

async function sizeOfFile(path: string, role: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new DataError(`${role} must exist: got ${show(path)} (check the path)`);
    throw asFileError(error, path);
  });
  if (found.isFile()) return found.size;
  const what = found.isDirectory() ? "a folder" : "a device, pipe or socket";
  throw new DataError(`${role} must be a regular file: got ${show(path)}, ${what} (name a text file)`);
}

function bytesOf({ text }: Exclude<TextSource, string>): Uint8Array {
  if (typeof text !== "string") return text;
  const half = /\p{Surrogate}/u.exec(text)?.[0];
  if (half === undefined) return Buffer.from(text);
  throw new DataError(`a text must be whole Unicode characters: got half a surrogate pair, ${show(half)}`);
}

/** `read` fills an array with the next bytes, and returns how many there were: 0 at the end. */
async function* decodeUtf8(
  name: string,
  { role = "data file", onBytes, onNote, keepMarks = false }: ReadTextOptions,
  read: (into: Uint8Array) => Promise<number>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true }); // drops the byte order mark
  const buffer = new Uint8Array(chunkBytes);
  const nuls = new Places("\0");
  const marks = new Places("\ufeff");
  let kept = 0; // bytes of a character that the last chunk cut, at the buffer's start
  let offset = 0; // of the buffer's start in the text
  let line = 1;
  let empty = true;
  for (;;) {
    const bytesRead = await read(buffer.subarray(kept));
    onBytes?.(buffer.subarray(kept, kept + bytesRead));
    const bytes = buffer.subarray(0, kept + bytesRead);
    const other = offset === 0 && recognizeBytes(bytes);
    if (other) throw new DataError(`${role} must be UTF-8 text: got ${show(name)}, ${other.is} (${other.remedy})`);
    const whole = bytesRead === 0 ? bytes.length : wholeCharacters(bytes);
    let text: string;
    try {
      text = decoder.decode(bytes.subarray(0, whole), { stream: true });
    } catch {
      throw notUtf8(name, { role, bytes, offset, line });
    }
    if (text !== "") {
      nuls.count(text, line);
      marks.count(text, line);
      line += countNewlines(text);
      if (!keepMarks) text = text.replaceAll("\ufeff", "");
    }
    if (text !== "") {
      empty = false;
      yield text;
    }
    if (bytesRead === 0) break;
    buffer.copyWithin(0, whole, bytes.length);
    kept = bytes.length - whole;
    offset += whole;
  }
  if (kept > 0) throw notUtf8(name, { role, bytes: buffer.subarray(0, kept), offset, line });
  if (empty) throw new DataError(`${role} must not be empty: got ${show(name)}, a byte order mark alone`);
  if (nuls.total > 0) {
    onNote?.(`${name} has ${nuls.show("NUL character")}: kept as they are (tr -d '\\000' takes them out)`);
  }
  if (marks.total > 0 && !keepMarks) onNote?.(`${name} has ${marks.show("byte order mark")} amid the text: left out`);
}

/** Counts a character, and keeps where the first one is. */
class Places {
  total = 0;
  private firstLine = 0;

  constructor(private readonly character: string) {}

  count(text: string, line: number): void {
    for (let at = text.indexOf(this.character); at >= 0; at = text.indexOf(this.character, at + 1)) {
      if (this.total++ === 0) this.firstLine = line + countNewlines(text.slice(0, at));
    }
  }

  show(noun: string): string {
    return this.total === 1
      ? `a ${noun} in line ${this.firstLine}`
      : `${this.total} ${noun}s from line ${this.firstLine} on`;
  }
}

/** How many of `bytes` are left when a character cut off at their end is taken away. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xc0) return utf8Length(byte) > back ? bytes.length - back : bytes.length;
    if (byte < 0x80) break;
  }
  return bytes.length;
}

function utf8Length(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
}

/** The error about the first byte of `bytes` that does not continue UTF-8; they begin at `offset`, on `line`. */
function notUtf8(
  name: string,
  { role, bytes, offset, line }: { role: string; bytes: Uint8Array; offset: number; line: number },
): DataError {
  const bad = firstBadByte(bytes);
  const badLine = line + countNewlines(Buffer.from(bytes.subarray(0, bad)).toString("latin1"));
  const hex = bytes[bad]!.toString(16).toUpperCase().padStart(2, "0");
  return new DataError(
    `${role} must be UTF-8 text: got ${show(name)}, whose byte 0x${hex} at offset ${offset + bad} (line ${badLine}) ` +
      "is not (convert it, for instance with iconv -f WINDOWS-1252 -t UTF-8)",
  );
}

/** Where the first character begins that is not UTF-8: the longest valid start is found by halving. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8Start(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return wholeCharacters(bytes.subarray(0, good));
}

function countNewlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
