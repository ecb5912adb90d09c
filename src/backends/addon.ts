import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

export type AddonPackage = "@tensorflow/tfjs-node" | "@tensorflow/tfjs-node-gpu";

/** A file as it was when the addon was last seen to work. */
export interface SeenFile {
  path: string;
  size: number;
  mtimeMs: number;
}

/** What setup writes next to an addon that a child process has seen to work; `scripts/run.mjs` reads it too. */
export interface AddonNote {
  /** Where the addon came from. */
  from: "wheel" | "official" | "elsewhere";
  /** The version of libtensorflow. */
  library: string;
  /** The addon and the libraries it loads. */
  files: SeenFile[];
}

/** The folder of an installed addon package, or undefined where npm left the optional dependency out. */
export function addonPackageFolder(name: AddonPackage): string | undefined {
  try {
    return realpathSync(dirname(require.resolve(`${name}/package.json`)));
  } catch {
    return undefined;
  }
}

/** The version of the addon packages: that of all of tfjs. */
export const packageVersion = "4.22.0";

/** What to say where the package is missing: its own install script, which fails without its host, must not run. */
export const packageMissing = (name: AddonPackage): string =>
  `${name} is not installed (npm install --ignore-scripts ${name}@${packageVersion})`;

/** Where tfjs-node looks for its addon: every Node since 20 has Node-API 8, the newest that tfjs-node 4.22 knows. */
export const addonFolder = (packageFolder: string): string => join(packageFolder, "lib", "napi-v8");
export const addonFile = (packageFolder: string): string => join(addonFolder(packageFolder), "tfjs_binding.node");
export const addonNoteFile = (packageFolder: string): string => join(addonFolder(packageFolder), "heed.json");

/** A file's present size and time, or undefined if it is no file. */
export function seeFile(path: string): SeenFile | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? { path, size: stats.size, mtimeMs: stats.mtimeMs } : undefined;
}

/** What setup wrote next to the addon; undefined if it wrote nothing or the note is damaged. */
export function readAddonNote(packageFolder: string): AddonNote | undefined {
  try {
    const note: AddonNote = JSON.parse(readFileSync(addonNoteFile(packageFolder), "utf8"));
    return Array.isArray(note.files) ? note : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Why the addon can't be loaded, as far as sizes of files tell, or undefined: loading a truncated library would
 * kill the process.
 */
export function addonProblem(packageFolder: string): string | undefined {
  const addon = seeFile(addonFile(packageFolder));
  if (!addon) return "it is not set up";
  for (const { path, size } of readAddonNote(packageFolder)?.files ?? []) {
    const now = seeFile(path);
    if (!now) return `${path} is gone`;
    if (now.size !== size) return `${path} is damaged (${now.size} bytes, not ${size})`;
  }
  return undefined;
}

/** Why the machine can't run `gpu`, as far as its devices tell, or undefined. */
export function cudaProblem(): string | undefined {
  if (process.platform !== "linux") return `it needs Linux with CUDA, and this is ${process.platform}`;
  const devices = ["/dev/nvidiactl", "/dev/dxg"]; // the driver's, and Windows' subsystem for Linux's
  return devices.some((device) => existsSync(device)) ? undefined : "there is no CUDA device on this machine";
}
