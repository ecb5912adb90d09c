import { createHash, randomBytes } from "node:crypto";
import {
  createReadStream,
  type Dirent,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { isRunning } from "../../core/folderLock.js";
import { seeFile } from "../addon.js";

interface Manifest {
  files: { path: string; size: number; sha256: string }[];
}

const manifestName = "manifest.json";
const temporaryPrefix = "temporary-";

/** heed's cache folder: `HEED_CACHE`, else in the system's usual place. */
export function defaultCacheFolder(): string {
  if (process.env.HEED_CACHE) return process.env.HEED_CACHE;
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "heed");
  if (process.platform === "win32") return join(process.env.LOCALAPPDATA ?? homedir(), "heed");
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "heed");
}

/** A new empty folder in the cache. */
export function temporaryFolder(cache: string): string {
  const folder = join(cache, `${temporaryPrefix}${process.pid}-${randomBytes(4).toString("hex")}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Removes the temporary folders of setups that were killed. */
export function removeTemporaryFolders(cache: string): void {
  for (const name of readdirSync(cache).filter((each) => each.startsWith(temporaryPrefix))) {
    const pid = Number(name.slice(temporaryPrefix.length).split("-")[0]);
    if (pid === process.pid || !isRunning(pid)) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

/**
 * Whether a unit (a folder of the cache that is created as a whole) has all its files with their right sizes and, if
 * `thorough`, their right hashes.
 */
export async function unitIsWhole(unit: string, thorough: boolean): Promise<boolean> {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(join(unit, manifestName), "utf8"));
  } catch {
    return false;
  }
  for (const { path, size, sha256 } of manifest.files) {
    const file = join(unit, path);
    if (seeFile(file)?.size !== size || (thorough && (await hashFile(file)) !== sha256)) return false;
  }
  return true;
}

/** Makes a unit: `fill` writes its files into a temporary folder, which is then renamed into place. */
export async function makeUnit(cache: string, name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = temporaryFolder(cache);
  const unit = join(cache, name);
  try {
    await fill(folder);
    const manifest: Manifest = { files: [] };
    for (const file of filesIn(folder)) {
      manifest.files.push({ path: relative(folder, file), size: seeFile(file)!.size, sha256: await hashFile(file) });
    }
    writeFileSync(join(folder, manifestName), JSON.stringify(manifest, null, 1));
    if (existsSync(unit)) renameSync(unit, join(temporaryFolder(cache), "replaced"));
    renameSync(folder, unit);
    return unit;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every regular file under a folder. */
export function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Bytes of all files under a folder, to which other processes may be writing. */
export function bytesIn(folder: string): number {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return 0; // it is gone
  }
  const sizes = entries.map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? bytesIn(path) : (seeFile(path)?.size ?? 0);
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The sha256 of a file, in hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest("hex");
}
