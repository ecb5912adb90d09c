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
 * Runs `body` while this process alone holds the lock of a folder. A lock is broken when its owner, a process of this
 * machine, has died, or when its owner has not touched it for a minute. `onWait` hears once whom it waits for.
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

/** Whether a process of this machine runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Removes a stale lock. Of several processes that find it stale only one gets to link its name aside, and what it removes is
 * what it has looked at: nobody replaces a lock that is there.
 */
function breakLock(file: string): void {
  const aside = `${file}.breaking`;
  try {
    linkSync(file, aside);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Linking sets the change time: a link that stays has lost the process that made it.
    const linked = statSync(aside, { throwIfNoEntry: false })?.ctimeMs ?? Date.now();
    if (code === "EEXIST" && Date.now() - linked > beatSeconds * 1000) rmSync(aside, { force: true });
    if (code !== "EEXIST" && code !== "ENOENT") rmSync(file, { force: true }); // a disk without links
    return;
  }
  if (isStale(aside, readOwner(aside))) rmSync(file, { force: true });
  rmSync(aside, { force: true });
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // the lock was broken: the folders are renamed into place as a whole, so nothing spoils
  }
}
