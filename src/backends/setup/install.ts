import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AddonNote, addonFolder, addonNoteFile, type SeenFile, seeFile } from "../addon.js";

/**
 * Copies an addon and the files next to it from the cache into the package that loads it. Each file is renamed into
 * place, so that a process that loads it meanwhile sees the old or the new one.
 */
export function installAddon(from: string, packageFolder: string): void {
  const to = addonFolder(packageFolder);
  mkdirSync(to, { recursive: true });
  rmSync(addonNoteFile(packageFolder), { force: true });
  for (const name of readdirSync(from)) {
    if (name === "manifest.json") continue;
    const temporary = join(to, `${name}.${process.pid}`);
    copyFileSync(join(from, name), temporary);
    renameSync(temporary, join(to, name));
  }
}

/** Links the package's `deps`, where an addon from tfjs-node's own installer looks for its library, to the cache. */
export function linkDependencies(from: string, packageFolder: string): void {
  const link = join(packageFolder, "deps");
  rmSync(link, { recursive: true, force: true });
  symlinkSync(from, link, "junction");
}

/** Writes a note next to a verified addon: where it came from, and its files. */
export function writeAddonNote(
  packageFolder: string,
  note: { from: AddonNote["from"]; library: string; libraries: readonly string[] },
): void {
  const folder = addonFolder(packageFolder);
  const addons = readdirSync(folder).filter((name) => name.endsWith(".node"));
  const files = [...addons.map((name) => join(folder, name)), ...note.libraries].map(seeFile) as SeenFile[];
  const text = JSON.stringify({ from: note.from, library: note.library, files } satisfies AddonNote, null, 1);
  writeFileSync(addonNoteFile(packageFolder), text);
}
