import { createHash, randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, readdirSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

/** Every unfinished file or folder is named so; one that a killed process left is deleted, never read. */
const temporaryPrefix = ".heed-tmp-";

/** The size and hash of a file. */
export interface FileDigest {
  bytes: number;
  /** 64 lower-case hexadecimal digits. */
  sha256: string;
}

const chunkBytes = 1 << 24; // one call reads or writes 2 GiB at most

/**
 * Writes a new file, flushed to the disk; `fill` hands over its bytes, piece by piece.
 *
 * @throws Error if there is a file of that name.
 */
export function writeSynced(path: string, fill: (write: (data: Uint8Array) => void) => void): FileDigest {
  const file = openSync(path, "wx");
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    fill((data) => {
      for (let at = 0; at < data.byteLength; ) {
        const written = writeSync(file, data, at, Math.min(chunkBytes, data.byteLength - at));
        hash.update(data.subarray(at, at + written));
        at += written;
      }
      bytes += data.byteLength;
    });
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Writes a text file that a reader sees whole or not at all, also after a power cut. */
export function replaceText(path: string, text: string): void {
  const temporary = temporaryBeside(path);
  try {
    writeSynced(temporary, (write) => write(Buffer.from(text)));
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** A fresh name in the folder of `path` for something unfinished. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), temporaryPrefix + randomUUID());
}

/** Deletes a folder so that a process killed meanwhile leaves no half of it under its name. */
export function removeFolder(path: string): void {
  const temporary = temporaryBeside(path);
  renameSync(path, temporary);
  rmSync(temporary, { recursive: true });
}

/** Deletes what killed processes left unfinished in `folder`. */
export function removeTemporaries(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (isTemporary(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

export function isTemporary(name: string): boolean {
  return name.startsWith(temporaryPrefix);
}

/** Flushes a folder's list of names to the disk; Windows has no such call. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Fills `target` from byte `position` of an open file; the number of bytes read, fewer only at the file's end. */
export function readFully(file: number, target: Uint8Array, position: number): number {
  let at = 0;
  while (at < target.byteLength) {
    const read = readSync(file, target, at, Math.min(chunkBytes, target.byteLength - at), position + at);
    if (read === 0) break;
    at += read;
  }
  return at;
}

/** The size and hash of a file, read in pieces. */
export function digestFile(path: string): FileDigest {
  const file = openSync(path, "r");
  try {
    const hash = createHash("sha256");
    const chunk = new Uint8Array(1 << 20);
    let bytes = 0;
    for (let read = 1; read > 0; bytes += read) {
      read = readFully(file, chunk, bytes);
      hash.update(chunk.subarray(0, read));
    }
    return { bytes, sha256: hash.digest("hex") };
  } finally {
    closeSync(file);
  }
}
