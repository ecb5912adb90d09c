import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { CheckpointError } from "./errors.js";

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

/**
 * Marks `folder` as used by this process until `release` is called or the process ends. The lock of a process that is
 * gone is taken over.
 *
 * @returns release
 * @throws CheckpointError if another live process, or this one, uses the folder.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, lockName);
  const owner: Owner = { pid: process.pid, hostname: hostname(), started: startOf(process.pid), id: randomUUID() };
  const mine = `${JSON.stringify(owner)}\n`;
  while (!create(path, mine)) {
    const there = read(path);
    if (there === undefined) continue; // released meanwhile
    requireAbandoned(there, folder, path);
    takeAway(path, there);
  }
  const release = () => {
    process.removeListener("exit", release);
    if (read(path) === mine) rmSync(path, { force: true });
  };
  process.once("exit", release);
  return release;
}

/** Makes the lock, whole from the first moment; false if there is one. */
function create(path: string, text: string): boolean {
  const temporary = `${path}.${randomUUID()}`;
  writeFileSync(temporary, text, { flag: "wx" });
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    return createWithoutLinks(path, text); // some file systems have no hard links
  } finally {
    rmSync(temporary);
  }
}

function createWithoutLinks(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** Removes the abandoned lock `text`, and only that: another process may have taken it over meanwhile. */
function takeAway(path: string, text: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isCode(error, "ENOENT")) return; // another process was faster
    throw error;
  }
  if (readFileSync(aside, "utf8") !== text) create(path, readFileSync(aside, "utf8"));
  rmSync(aside);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}

function requireAbandoned(text: string, folder: string, path: string): void {
  const owner = parse(text);
  if (!owner) return; // half-written when its process was killed
  const { pid } = owner;
  if (owner.hostname !== hostname()) {
    throw new CheckpointError(
      `${folder} must not be in use: process ${pid} on ${owner.hostname} uses it (if it is gone, delete ${path})`,
    );
  }
  if (isAlive(owner)) {
    throw new CheckpointError(
      `${folder} must not be in use: process ${pid} uses it (wait until it ends, or choose another folder)`,
    );
  }
}

function parse(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Owner;
    return Number.isSafeInteger(owner.pid) && owner.pid > 0 && typeof owner.hostname === "string" ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return isCode(error, "EPERM");
  }
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
