import { type FileHandle, open, stat } from "node:fs/promises";
import { show } from "../core/checks.js";
import { DataError } from "../core/errors.js";
import { asFileError } from "../core/files.js";

/** Bytes read at a time. */
const chunkBytes = 1 << 17;

export interface ReadTextOptions {
  /** Sees every byte of the file in order, before its text; the array is reused. */
  onBytes?: (bytes: Uint8Array) => void;
}

/**
 * The text of a UTF-8 file in chunks of whole characters; a byte order mark at its start is left out.
 *
 * @throws DataError if the file is not there, not a regular file, empty, or not UTF-8 (naming the first bad byte).
 */
export async function* readTextChunks(path: string, options: ReadTextOptions = {}): AsyncGenerator<string> {
  await requireTextFile(path);
  const file = await open(path).catch((error) => {
    throw asFileError(error, path);
  });
  try {
    yield* decodeUtf8(path, file, options);
  } catch (error) {
    throw asFileError(error, path); // of a disk that fails
  } finally {
    await file.close();
  }
}

/**
 * The size in bytes of a text file, checked without reading it.
 *
 * @throws DataError if it is not there, not a regular file, or empty.
 */
export async function requireTextFile(path: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new DataError(`data file must exist: got ${show(path)} (check the path)`);
    throw asFileError(error, path);
  });
  if (!found.isFile()) {
    const what = found.isDirectory() ? "a folder" : "a device, pipe or socket";
    throw new DataError(`data file must be a regular file: got ${show(path)}, ${what} (name a text file)`);
  }
  if (found.size === 0) {
    throw new DataError(`data file must not be empty: got ${show(path)}, 0 bytes (put some text in it)`);
  }
  return found.size;
}

async function* decodeUtf8(path: string, file: FileHandle, { onBytes }: ReadTextOptions): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true }); // drops the byte order mark
  const buffer = new Uint8Array(chunkBytes);
  let kept = 0; // bytes of a character that the last chunk cut, at the buffer's start
  let offset = 0; // of the buffer's start in the file
  let line = 1;
  let empty = true;
  for (;;) {
    const { bytesRead } = await file.read(buffer, kept, chunkBytes - kept, null);
    onBytes?.(buffer.subarray(kept, kept + bytesRead));
    const bytes = buffer.subarray(0, kept + bytesRead);
    const whole = bytesRead === 0 ? bytes.length : wholeCharacters(bytes);
    let text: string;
    try {
      text = decoder.decode(bytes.subarray(0, whole), { stream: true });
    } catch {
      throw notUtf8(path, bytes, offset, line);
    }
    if (text !== "") {
      empty = false;
      line += countNewlines(text);
      yield text;
    }
    if (bytesRead === 0) break;
    buffer.copyWithin(0, whole, bytes.length);
    kept = bytes.length - whole;
    offset += whole;
  }
  if (kept > 0) throw notUtf8(path, buffer.subarray(0, kept), offset, line);
  if (empty) throw new DataError(`data file must not be empty: got ${show(path)}, a byte order mark alone`);
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
function notUtf8(path: string, bytes: Uint8Array, offset: number, line: number): DataError {
  const bad = firstBadByte(bytes);
  const badLine = line + countNewlines(Buffer.from(bytes.subarray(0, bad)).toString("latin1"));
  const hex = bytes[bad]!.toString(16).toUpperCase().padStart(2, "0");
  return new DataError(
    `data file must be UTF-8 text: got ${show(path)}, whose byte 0x${hex} at offset ${offset + bad} (line ${badLine}) ` +
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

/** Whether `bytes` begin some UTF-8 text; a character cut off at the end is no fault. */
function isUtf8Start(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function countNewlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
