import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { addonPackageFolder } from "../../../src/backends/addon.js";
import { defaultCacheFolder, filesIn } from "../../../src/backends/setup/cache.js";
import { platformName, tensorflowVersion } from "../../../src/backends/setup/pins.js";
import type { Reporter } from "../../../src/backends/setup/reporter.js";

export const root = join(import.meta.dirname, "..", "..", "..");
const realPackage = addonPackageFolder("@tensorflow/tfjs-node")!;

const folders: string[] = [];
// Here, and not where a folder is made: vitest passes over a hook that is set while a test runs.
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A temporary folder that is removed after the test file. */
export function scratch(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "heed-setup-")));
  folders.push(folder);
  return folder;
}

/**
 * A project in `folder` whose node_modules are those of this one, but for a copy of tfjs-node without addon. Gives
 * that copy's folder.
 */
export function layPackages(folder: string): string {
  const real = join(root, "node_modules");
  const modules = join(folder, "node_modules");
  const copy = join(modules, "@tensorflow", "tfjs-node");
  mkdirSync(copy, { recursive: true });
  const link = (name: string) => symlinkSync(join(real, name), join(modules, name));
  for (const name of readdirSync(real)) if (name !== "@tensorflow" && name !== ".package-lock.json") link(name);
  for (const name of readdirSync(join(real, "@tensorflow"))) if (name !== "tfjs-node") link(join("@tensorflow", name));
  for (const name of ["package.json", "binding.gyp", "binding", "scripts", "dist"]) {
    cpSync(join(realPackage, name), join(copy, name), { recursive: true });
  }
  return copy;
}

const libraryUnit = `tensorflow-${tensorflowVersion}-${platformName}`;

/** A cache that holds TensorFlow's C library as this machine's has it, by hard links, and no addon. */
export function cacheWithLibrary(): string {
  const cache = scratch();
  const from = join(defaultCacheFolder(), "native", libraryUnit);
  for (const file of filesIn(from)) {
    const to = join(cache, "native", libraryUnit, file.slice(from.length + 1));
    mkdirSync(dirname(to), { recursive: true });
    try {
      linkSync(file, to);
    } catch {
      cpSync(file, to); // the temporary folder is on another disk
    }
  }
  return cache;
}

/** The library's files in such a cache. */
export const libraryIn = (cache: string, name: string): string =>
  join(cache, "native", libraryUnit, "tensorflow", name);

/** Keeps what setup says. */
export function listener(): Reporter & { notes: string[]; labels: Set<string> } {
  const [notes, labels] = [[] as string[], new Set<string>()];
  return { notes, labels, note: (line) => notes.push(line), progress: (label) => labels.add(label) };
}

/** A folder for PATH with nothing in it but wrappers of the programs given. */
export function onlyPrograms(programs: Record<string, string>): string {
  const folder = scratch();
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

/** Whether this machine has a Python with pip, which some situations need. */
export const hasPython = spawnSync("python3", ["-m", "pip", "--version"]).status === 0;

/** The Python of this machine, as a line of shell. */
export function realPython(): string {
  const path = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
  return `exec '${path}' "$@"`;
}

/** Environment that makes pip's index and tfjs-node's host refuse connections. */
export const offline = {
  PIP_CONFIG_FILE: "/dev/null",
  PIP_INDEX_URL: "http://127.0.0.1:9/simple",
  PIP_FIND_LINKS: "",
  CDN_STORAGE: "http://127.0.0.1:9/",
};
