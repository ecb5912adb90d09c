import { randomUUID } from "node:crypto";
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileError, show } from "../core/errors.js";
import { causeOf, makeFolder } from "../core/files.js";

/** A sequence of token ids, read a stretch at a time. */
export interface TokenStore {
  /** Tokens held. */
  readonly length: number;
  /**
   * Fills `into` with the ids from `start` on.
   *
   * @throws RangeError if `start` or `start + into.length` lies outside the store.
   */
  read(start: number, into: Int32Array): void;
  /** Frees what the store holds; it can't be read afterwards. */
  close(): void;
}

/** A store as it is filled. */
export interface TokenWriter {
  append(ids: Int32Array): void;
  /** The store of what was appended; nothing may be appended afterwards. */
  finish(): TokenStore;
  /** Gives up: frees what was written. */
  abort(): void;
}

export interface TokenWriterOptions {
  /** Ids are below this; up to 65,536 takes two bytes an id, more takes four. */
  vocabSize: number;
  /** Ids that will be appended. */
  length: number;
  /** Where the ids go: `"memory"`, or a file of no name in the folder that `folder` says. */
  keep: "memory" | "file";
  /** Folder for the file; made where it is missing. @default the system's folder for temporary files */
  folder?: string;
}

type IdArray = Uint16Array | Uint32Array;

/** A writer for a new store. */
export function createTokenWriter(options: TokenWriterOptions): TokenWriter {
  return options.keep === "memory" ? new MemoryWriter(options) : new FileWriter(options);
}

/** A store in memory of the ids given, as tests and short texts use. */
export function tokenStoreOf(ids: ArrayLike<number>, vocabSize: number): TokenStore {
  const writer = createTokenWriter({ vocabSize, length: ids.length, keep: "memory" });
  writer.append(Int32Array.from(ids));
  return writer.finish();
}

class MemoryWriter implements TokenWriter {
  private readonly ids: IdArray;
  private filled = 0;

  constructor({ vocabSize, length }: TokenWriterOptions) {
    this.ids = new (idArray(vocabSize))(length);
  }

  append(ids: Int32Array): void {
    this.ids.set(ids, this.filled);
    this.filled += ids.length;
  }

  finish(): TokenStore {
    return new MemoryStore(this.ids.subarray(0, this.filled));
  }

  abort(): void {}
}

class MemoryStore implements TokenStore {
  readonly length: number;

  private ids: IdArray | undefined;

  constructor(ids: IdArray) {
    this.ids = ids;
    this.length = ids.length;
  }

  read(start: number, into: Int32Array): void {
    if (this.ids === undefined) throw closed();
    requireInside(this, start, into.length);
    into.set(this.ids.subarray(start, start + into.length));
  }

  close(): void {
    this.ids = undefined;
  }
}

class FileWriter implements TokenWriter {
  private readonly type: ReturnType<typeof idArray>;
  private readonly folder: string;
  private readonly fd: number;
  private length = 0;

  constructor({ vocabSize, folder = tmpdir() }: TokenWriterOptions) {
    this.type = idArray(vocabSize);
    this.fd = this.orExplain(folder, () => {
      makeFolder(folder);
      const path = join(folder, `heed-ids-${randomUUID()}`);
      const fd = openSync(path, "wx+", 0o600);
      // Deleted while open: the system frees the space when this process ends, however it ends.
      rmSync(path);
      return fd;
    });
    this.folder = folder;
  }

  append(ids: Int32Array): void {
    const bytes = asBytes(this.type.from(ids));
    this.orExplain(this.folder, () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes, done);
    });
    this.length += ids.length;
  }

  finish(): TokenStore {
    return new FileStore(this.fd, this.type, this.length);
  }

  abort(): void {
    closeSync(this.fd);
  }

  private orExplain<T>(folder: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new FileError(
        `token ids of a large text need room in ${show(folder)}: ${causeOf(error)} (free some or set cacheFolder)`,
        { cause: error },
      );
    }
  }
}

/** Ids in a file of this machine's byte order, which no other machine reads. */
class FileStore implements TokenStore {
  private scratch: IdArray;
  private open = true;

  constructor(
    private readonly fd: number,
    private readonly type: ReturnType<typeof idArray>,
    readonly length: number,
  ) {
    this.scratch = new type(0);
  }

  read(start: number, into: Int32Array): void {
    if (!this.open) throw closed(); // the system may have given the number to another file
    requireInside(this, start, into.length);
    if (this.scratch.length < into.length) this.scratch = new this.type(into.length);
    const ids = this.scratch.subarray(0, into.length);
    const bytes = asBytes(ids);
    const from = start * this.type.BYTES_PER_ELEMENT;
    for (let done = 0; done < bytes.length; ) {
      const got = readSync(this.fd, bytes, done, bytes.length - done, from + done);
      if (got === 0) throw new Error(`the file of token ids ends at byte ${from + done}`);
      done += got;
    }
    into.set(ids);
  }

  close(): void {
    if (this.open) closeSync(this.fd);
    this.open = false;
  }
}

function idArray(vocabSize: number): Uint16ArrayConstructor | Uint32ArrayConstructor {
  return vocabSize <= 0x10000 ? Uint16Array : Uint32Array;
}

function asBytes(ids: IdArray): Uint8Array {
  return new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength);
}

function closed(): Error {
  return new Error("the token store is closed");
}

function requireInside(store: TokenStore, start: number, count: number): void {
  if (!(Number.isInteger(start) && start >= 0 && start + count <= store.length)) {
    throw new RangeError(`ids ${start} to ${start + count - 1} must lie within 0 to ${store.length - 1}`);
  }
}
