import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { linkSync, lstatSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { removeQuietly } from "./durableFiles.js";
import { CheckpointError } from "./errors.js";
import { makeFolder, onFile, readRegularFile, requireRegular } from "./files.js";

/** The process that uses a run folder. */
interface Owner {
  pid: number;
  hostname: string;
  /** When the process started, to tell it from a later one of the same pid; null where the system does not say. */
  started: string | null;
  /** Tells one lock of a process from its next. */
  id: string;
}

const lockName = "lock";

/** Whether `name` is that of a lock, or of one in the making. */
export function isLock(name: string): boolean {
  return /^lock(\.[0-9a-f-]{36})?$/.test(name);
}

/** A folder that this process alone uses. */
export interface FolderLock {
  /** Whether the lock is still there, which it is not when another deleted or replaced the folder. */
  isHeld(): boolean;
  /** Lets others use the folder. On a disk that takes no more writes the lock stays, to be taken over from the dead. */
  release(): void;
}

/**
 * Marks `folder` as used by this process until `release` is called or the process ends. The lock of a process that is
 * gone is taken over.
 *
 * @throws CheckpointError if another live process, or this one, uses the folder; FileError if no lock can be made.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, lockName);
  const lock = tryLock(folder);
  if ("release" in lock) return lock;
  const { pid, hostname: host } = lock.owner;
  const [process, remedy] =
    host === hostname()
      ? [`process ${pid}`, "wait until it ends, or choose another folder"]
      : [`process ${pid} on ${host}`, `if it is gone, delete ${path}`];
  throw new CheckpointError(`${folder} must not be in use: ${process} uses it (${remedy})`);
}

/**
 * Runs `body` while this process alone holds the lock of a folder, which is made where it is missing. The lock of a
 * process on another machine is taken over when it has not been touched for a minute.
 *
 * @param onWait called once, with the process that is waited for
 */
export async function withFolderLock<T>(
  folder: string,
  onWait: (pid: number) => void,
  body: () => Promise<T>,
): Promise<T> {
  makeFolder(folder);
  const path = join(folder, lockName);
  let lock = tryLock(folder);
  for (let waits = 0; !("release" in lock); waits++) {
    if (waits === 0) onWait(lock.owner.pid);
    const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    const isElsewhere = lock.owner.hostname !== hostname();
    if (isElsewhere && Date.now() - touched > 60_000) takeAway(path, lock.text);
    else await sleep(200);
    lock = tryLock(folder);
  }
  const beat = setInterval(() => touch(path), 5000).unref();
  try {
    return await body();
  } finally {
    clearInterval(beat);
    lock.release();
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // The lock was taken over, or the disk is read-only now: the work will notice.
  }
}

/** Attempts at a lock that others take and release meanwhile; each fails only when another's succeeds. */
const mostAttempts = 1000;

/** The lock of a folder, or the text of the one that a live process has. */
function tryLock(folder: string): FolderLock | { owner: Owner; text: string } {
  const path = join(folder, lockName);
  const me: Owner = { pid: process.pid, hostname: hostname(), started: startOf(process.pid), id: randomUUID() };
  const mine = `${JSON.stringify(me)}\n`;
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    if (onFile(folder, () => create(path, mine))) return heldLock(path, mine);
    const text = read(path);
    if (text === undefined) continue; // released meanwhile
    const owner = parse(text);
    if (owner && (owner.hostname !== hostname() || isAlive(owner))) return { owner, text };
    takeAway(path, text); // its process is gone, or was killed while it wrote
  }
  throw new CheckpointError(`${path} can't be made: other processes make and delete it again and again`);
}

function heldLock(path: string, mine: string): FolderLock {
  const isHeld = () => {
    try {
      return read(path) === mine;
    } catch {
      return false;
    }
  };
  const release = () => {
    process.removeListener("exit", release);
    if (isHeld()) removeQuietly(path);
  };
  process.once("exit", release);
  return { isHeld, release };
}

/** Makes the lock, whole from the first moment; false if there is one. */
function create(path: string, text: string): boolean {
  const temporary = `${path}.${randomUUID()}`;
  try {
    writeFileSync(temporary, text, { flag: "wx" });
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    if ((error as NodeJS.ErrnoException).syscall !== "link") throw error;
    return createWithoutLinks(path, text); // some file systems have no hard links
  } finally {
    removeQuietly(temporary);
  }
}

function createWithoutLinks(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    removeQuietly(path);
    throw error;
  }
}

/** Removes the abandoned lock `text`, and only that: another process may have taken it over meanwhile. */
function takeAway(path: string, text: string): void {
  const aside = `${path}.${randomUUID()}`;
  onFile(path, () => {
    try {
      renameSync(path, aside);
    } catch (error) {
      if (isCode(error, "ENOENT")) return; // another process was faster
      throw error;
    }
    const taken = readFileSync(aside, "utf8");
    if (taken !== text) create(path, taken);
    rmSync(aside);
  });
}

/**
 * The text of a lock; undefined if there is none.
 *
 * @throws FileError if something else has its name: a folder, a pipe, or a link, which may lead nowhere.
 */
function read(path: string): string | undefined {
  return onFile(path, () => {
    try {
      requireRegular(path, lstatSync(path), " (delete it)");
      return readRegularFile(path, { maxBytes: 10_000 }).toString();
    } catch (error) {
      if (isCode(error, "ENOENT") || isCode((error as Error).cause, "ENOENT")) return undefined;
      throw error;
    }
  });
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === code;
}

function parse(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Owner;
    return Number.isSafeInteger(owner.pid) && owner.pid > 0 && typeof owner.hostname === "string" ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process of this machine runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, "EPERM");
  }
}

function isAlive({ pid, started }: Owner): boolean {
  if (!isRunning(pid)) return false;
  const now = startOf(pid);
  return started === null || now === null || now === started;
}

/** When a live process started, in the system's own terms; null if the system does not say. */
function startOf(pid: number): string | null {
  if (process.platform === "linux") {
    try {
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      // The name, in parentheses, may hold spaces; the start is field 22, the state field 3.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
      return fields[0] === "Z" ? "ended" : `${boot} ${fields[19]}`;
    } catch {
      return null;
    }
  }
  const ps = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], {
    encoding: "utf8",
    env: { LC_ALL: "C", PATH: process.env.PATH },
  });
  return ps.stdout?.trim() || null;
}
