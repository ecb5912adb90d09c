import { createHash, randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { onFile, readFully, withRegularFile } from "./files.js";

/** Every unfinished file or folder is named so; one that a killed process left is deleted, never read. */
const temporaryPrefix = ".heed-tmp-";

/** The size and hash of a file. */
export interface FileDigest {
  bytes: number;
  /** 64 lower-case hexadecimal digits. */
  sha256: string;
}

const chunkBytes = 1 << 24; // one call writes 2 GiB at most

/**
 * Writes a new file, flushed to the disk; `fill` hands over its bytes, piece by piece.
 *
 * @throws FileError if there is a file of that name, or it can't be written.
 */
export function writeSynced(path: string, fill: (write: (data: Uint8Array) => void) => void): FileDigest {
  return onFile(path, () => writeNew(path, fill));
}

function writeNew(path: string, fill: (write: (data: Uint8Array) => void) => void): FileDigest {
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

/**
 * Writes a text file that a reader sees whole or not at all, also after a power cut.
 *
 * @throws FileError if it can't be written; what was there stays.
 */
export function replaceText(path: string, text: string): void {
  const temporary = temporaryBeside(path);
  try {
    onFile(path, () => {
      writeNew(temporary, (write) => write(Buffer.from(text)));
      renameSync(temporary, path);
      syncFolder(dirname(path));
    });
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

/** Deletes what a failed write left, as far as that is possible: the failure is what the user must see. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // A disk that can't be written can't be tidied.
  }
}

/** A fresh name in the folder of `path` for something unfinished. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), temporaryPrefix + randomUUID());
}

/** Deletes a folder so that a process killed meanwhile leaves no half of it under its name. */
export function removeFolder(path: string): void {
  const temporary = temporaryBeside(path);
  onFile(path, () => {
    renameSync(path, temporary);
    rmSync(temporary, { recursive: true });
  });
}

/** Deletes what killed processes left unfinished in `folder`. */
export function removeTemporaries(folder: string): void {
  onFile(folder, () => {
    for (const name of readdirSync(folder)) {
      if (isTemporary(name)) rmSync(join(folder, name), { recursive: true, force: true });
    }
  });
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

/**
 * The size and hash of a regular file, read in pieces.
 *
 * @throws FileError if it can't be read.
 */
export function digestFile(path: string): FileDigest {
  return withRegularFile(path, (file, size) => {
    const hash = createHash("sha256");
    const chunk = new Uint8Array(Math.min(size, 1 << 20));
    let bytes = 0;
    for (let read = 1; read > 0 && bytes < size; bytes += read) {
      read = readFully(file, chunk.subarray(0, size - bytes), bytes);
      hash.update(chunk.subarray(0, read));
    }
    return { bytes, sha256: hash.digest("hex") };
  });
}
