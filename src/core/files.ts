import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { FileError } from "./errors.js";

/** Why the system refused, by its code. */
const causes: Record<string, string> = {
  EACCES: "permission denied",
  EBUSY: "it is in use",
  EDQUOT: "the disk quota is used up",
  EEXIST: "it already exists",
  EFBIG: "the file would be too large",
  EIO: "the disk reports an error",
  EISDIR: "it is a folder",
  ELOOP: "its path goes through too many links",
  EMFILE: "this process has too many open files",
  ENAMETOOLONG: "the name is too long",
  ENFILE: "the system has too many open files",
  ENOENT: "there is no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "part of its path is not a folder",
  ENXIO: "it is a socket or a device",
  EPERM: "the system does not permit it",
  EROFS: "the file system is read-only",
};

/** Codes that another path would not have met: what was named is at fault. */
const badPath = new Set(["EACCES", "EISDIR", "ELOOP", "ENAMETOOLONG", "ENOENT", "ENOTDIR", "ENXIO", "EPERM", "EROFS"]);

/** What could not be done, by the system call that failed. */
const deeds: Record<string, string> = {
  open: "opened",
  read: "read",
  stat: "read",
  lstat: "read",
  scandir: "read",
  write: "written",
  fsync: "written",
  mkdir: "made",
  unlink: "deleted",
  rmdir: "deleted",
  rm: "deleted",
  rename: "renamed",
};

/** One call reads or writes 2 GiB at most. */
const chunkBytes = 1 << 24;

/**
 * What `body` returns. A system error of its file operations becomes a FileError about `path`.
 *
 * @throws FileError like `models/a/metrics.jsonl can't be written: the disk is full`
 */
export function onFile<T>(path: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw asFileError(error, path);
  }
}

/**
 * A FileError for a system error about `path`, or else about the path that the error itself names, if it does; any other
 * value as it is. Its exit code is 2 where another path would help, and 1 where the machine is at fault.
 */
export function asFileError(error: unknown, path?: string): unknown {
  const { code, syscall, path: named = undefined } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const place = path ?? named ?? (Object.hasOwn(deeds, syscall ?? "") ? "a file" : undefined);
  if (typeof code !== "string" || typeof syscall !== "string" || place === undefined) return error;
  const exitCode = badPath.has(code) ? 2 : 1;
  return new FileError(`${place} can't be ${deeds[syscall] ?? "used"}: ${causeOf(error)}`, { cause: error, exitCode });
}

/** Why something failed: for a system error the cause in words, else the error's message. */
export function causeOf(error: unknown): string {
  if (error instanceof FileError && error.cause !== undefined) return causeOf(error.cause);
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  return (syscall !== undefined && causes[code ?? ""]) || message;
}

/**
 * The bytes of a regular file, or of one that a link leads to. A pipe or a device is refused instead of waited for, and
 * a file that grows meanwhile is read to the size that it had.
 *
 * @throws FileError if it can't be read, is no regular file, or has more than `maxBytes`.
 */
export function readRegularFile(path: string, { maxBytes = 2 ** 30 }: { maxBytes?: number } = {}): Buffer<ArrayBuffer> {
  return withRegularFile(path, (file, size) => {
    if (size > maxBytes) {
      throw new FileError(`${path} must have at most ${maxBytes} bytes: got ${size}`, { exitCode: 2 });
    }
    const bytes = Buffer.alloc(size);
    return bytes.subarray(0, readFully(file, bytes, 0));
  });
}

/** What `use` makes of an open regular file, given its descriptor and size. */
export function withRegularFile<T>(path: string, use: (file: number, size: number) => T): T {
  return onFile(path, () => {
    const { file, size } = openRegularFile(path);
    try {
      return use(file, size);
    } finally {
      closeSync(file);
    }
  });
}

/** The descriptor of an open regular file, for the caller to close, and its size. */
export function openRegularFile(path: string): { file: number; size: number } {
  return onFile(path, () => {
    // Without waiting, for a pipe that nobody writes to would be waited for here.
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = fstatSync(file);
      requireRegular(path, stats);
      return { file, size: stats.size };
    } catch (error) {
      closeSync(file);
      throw error;
    }
  });
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

/**
 * @param remedy what to do about another file, in parentheses
 * @throws FileError unless `stats`, of `path`, are those of a regular file.
 */
export function requireRegular(path: string, stats: Stats, remedy = ""): void {
  if (stats.isFile()) return;
  const kinds = [
    [stats.isDirectory(), "a folder"],
    [stats.isFIFO(), "a pipe"],
    [stats.isSocket(), "a socket"],
    [stats.isSymbolicLink(), "a link"],
  ] as const;
  const kind = kinds.find(([is]) => is)?.[1] ?? "a device";
  throw new FileError(`${path} must be a regular file: got ${kind}${remedy}`, { exitCode: 2 });
}

/**
 * Makes a folder and those above it that are missing. (Node's own `recursive` never ends in a folder that takes no new
 * ones, like /proc, and reports a read-only disk as a missing folder.)
 *
 * @throws FileError naming the folder that can't be made.
 */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    const isThere = statSync(path, { throwIfNoEntry: false })?.isDirectory(); // made by another process meanwhile
    if (!isThere) throw asFileError(error, path);
  }
}
