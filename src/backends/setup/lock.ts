import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

interface Owner {
  pid: number;
  host: string;
  token: string;
}

const beatSeconds = 5;

/**
 * Runs `body` while this process holds the lock of a folder. A lock is broken if its owner on this machine has died, or
 * if its owner has not touched it for a minute. `onWait` is called once, with the process that holds the lock.
 */
export async function withLock<T>(folder: string, onWait: (pid: number) => void, body: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "lock");
  const mine: Owner = { pid: process.pid, host: hostname(), token: randomBytes(8).toString("hex") };
  for (let waited = false; !take(file, mine); waited = true) {
    const owner = readOwner(file);
    if (owner && !waited) onWait(owner.pid);
    if (isStale(file, owner)) breakLock(file);
    else await sleep(200);
  }
  const beat = setInterval(() => touch(file), beatSeconds * 1000).unref();
  try {
    return await body();
  } finally {
    clearInterval(beat);
    if (readOwner(file)?.token === mine.token) rmSync(file, { force: true });
  }
}

function take(file: string, owner: Owner): boolean {
  try {
    writeFileSync(file, JSON.stringify(owner), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** The owner; undefined while the file is being written, or gone, or damaged. */
function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function isStale(file: string, owner: Owner | undefined): boolean {
  if (owner?.host === hostname() && !isAlive(owner.pid)) return true;
  const stats = statSync(file, { throwIfNoEntry: false });
  const patience = owner ? 60 : beatSeconds;
  return stats !== undefined && Date.now() - stats.mtimeMs > patience * 1000;
}

/** Whether a process is running on this machine. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Removes a stale lock. Of several processes that find it stale, only one manages to link it to another name, and it
 * removes the very lock that it has checked: nobody replaces an existing lock.
 */
function breakLock(file: string): void {
  const aside = `${file}.breaking`;
  try {
    linkSync(file, aside);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Linking sets the change time. If a link stays, the process that made it has died.
    const linked = statSync(aside, { throwIfNoEntry: false })?.ctimeMs ?? Date.now();
    if (code === "EEXIST" && Date.now() - linked > beatSeconds * 1000) rmSync(aside, { force: true });
    if (code !== "EEXIST" && code !== "ENOENT") rmSync(file, { force: true }); // a file system without links
    return;
  }
  if (isStale(aside, readOwner(aside))) rmSync(file, { force: true });
  rmSync(aside, { force: true });
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // the lock was broken; no harm, because finished folders are renamed into place
  }
}
