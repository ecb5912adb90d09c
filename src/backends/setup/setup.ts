import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { requireOneOf } from "../../core/checks.js";
import { BackendError } from "../../core/errors.js";
import { withFolderLock } from "../../core/folderLock.js";
import { cudaProblem, readAddonNote } from "../addon.js";
import { defaultCacheFolder, removeTemporaryFolders } from "./cache.js";
import { failureFile, rememberedFailure, rememberFailure } from "./failure.js";
import { setUpFromOfficial } from "./fromOfficial.js";
import { type SourceInput, setUpFromWheel } from "./fromWheel.js";
import { writeAddonNote } from "./install.js";
import { haveAddonPackage } from "./package.js";
import { type Reporter, stderrReporter } from "./reporter.js";
import { verifyAddon, verifyWasm } from "./verify.js";

export const setupBackends = ["auto", "native", "gpu", "wasm"] as const;
export const setupSources = ["auto", "wheel", "official"] as const;

export interface SetupOptions {
  /** The backend to set up; `auto` is native, or wasm where native can't be set up. @default "auto" */
  backend?: (typeof setupBackends)[number];
  /**
   * Where native may come from: `wheel` is TensorFlow's Python wheel, `official` tfjs-node's own installer, and `auto`
   * tries both in this order. Gpu comes from `official` alone. @default "auto"
   */
  from?: (typeof setupSources)[number];
  /** Build again even if it loads, check the hash of every cached file, and forget earlier failures. */
  force?: boolean;
  /** @default heed's folder in the user's cache folder */
  cache?: string;
  /** The folder of tfjs-node (or tfjs-node-gpu). @default where npm put it */
  packageFolder?: string;
  /** @default stderr */
  report?: Reporter;
}

export interface SetupResult {
  backend: "native" | "gpu" | "wasm";
  /** `present`: the addon already loaded; `none`: wasm needs no addon. */
  from: "present" | "wheel" | "official" | "none";
  /** One line for the user: what works now, and why native does not where `auto` chose wasm. */
  line: string;
}

/**
 * Sets up the fastest backend that works on this machine. Native is tfjs-node's binding, compiled here against the C
 * library in TensorFlow's Python wheel; where that fails, tfjs-node's own installer downloads an older library.
 *
 * @throws ConfigError if `backend` or `from` is unknown.
 * @throws BackendError if the backend that was asked for can't be set up.
 */
export async function setup(options: SetupOptions = {}): Promise<SetupResult> {
  const { report = stderrReporter() } = options;
  const backend = requireOneOf("backend", options.backend ?? "auto", setupBackends);
  requireOneOf("from", options.from ?? "auto", setupSources);
  if (backend === "wasm") return setUpWasm("wasm is ready");
  if (backend === "gpu") {
    const problem = cudaProblem();
    if (problem) throw new BackendError(`gpu can't be set up: ${problem} (use --backend native)`);
  }
  const packageName = backend === "gpu" ? "@tensorflow/tfjs-node-gpu" : "@tensorflow/tfjs-node";
  const name = backend === "gpu" ? "gpu" : "native";
  try {
    const packageFolder = options.packageFolder ?? (await haveAddonPackage(packageName, report));
    const { from, library } = await setUpAddon({ ...options, packageFolder, report }, name);
    const how = { present: "loads", wheel: "loads, from its Python wheel", official: "loads, from tfjs-node's host" };
    return { backend: name, from, line: `${name} is ready: TensorFlow ${library} ${how[from]}` };
  } catch (error) {
    const { message } = error as Error;
    if (backend !== "auto") throw new BackendError(`${name} can't be set up: ${message}`, { cause: error });
    return setUpWasm(`native can't be set up, so heed uses wasm, which is slower: ${message}`);
  }
}

async function setUpWasm(line: string): Promise<SetupResult> {
  const problem = await verifyWasm();
  if (problem) throw new BackendError(`${line}; but wasm does not load: ${problem}`);
  return { backend: "wasm", from: "none", line };
}

type Addon = { from: "present" | "wheel" | "official"; library: string };
type AddonOptions = SetupOptions & { packageFolder: string; report: Reporter };

async function setUpAddon(options: AddonOptions, name: "native" | "gpu"): Promise<Addon> {
  const { packageFolder, report, force = false } = options;
  const present = force ? undefined : await presentAddon(options, name);
  if (present) return present;
  const cache = join(options.cache ?? defaultCacheFolder(), "native");
  mkdirSync(cache, { recursive: true });
  let waited = false;
  const onWait = (pid: number) => {
    waited = true;
    report.note(`another heed setup (process ${pid}) is running: waiting for it`);
  };
  return withFolderLock(cache, onWait, async () => {
    const meanwhile = waited ? await presentAddon(options, name) : undefined;
    if (meanwhile) return meanwhile;
    removeTemporaryFolders(cache);
    return trySources({ cache, packageFolder, force, report }, name === "gpu" ? "official" : (options.from ?? "auto"));
  });
}

/** The installed addon, if it works and came from an allowed source. */
async function presentAddon(options: AddonOptions, name: "native" | "gpu"): Promise<Addon | undefined> {
  const { packageFolder, from = "auto" } = options;
  const noted = readAddonNote(packageFolder);
  if (from !== "auto" && noted?.from !== from) return undefined;
  const verified = await verifyAddon(packageFolder);
  if (verified.problem !== undefined || (name === "gpu" && !verified.gpu)) return undefined;
  const libraries = noted?.files.map((file) => file.path).filter((path) => !path.endsWith(".node")) ?? [];
  writeAddonNote(packageFolder, { from: noted?.from ?? "elsewhere", library: verified.library, libraries });
  return { from: "present", library: verified.library };
}

/** Tries the sources in turn. If all fail this is remembered, so that the next start does not wait for time-outs again. */
async function trySources(input: SourceInput, from: (typeof setupSources)[number]): Promise<Addon> {
  const sources = { wheel: setUpFromWheel, official: setUpFromOfficial };
  const remembered = from === "auto" && !input.force ? await rememberedFailure(input.cache) : undefined;
  if (remembered) throw new BackendError(remembered);
  const errors: Error[] = [];
  for (const source of ["wheel", "official"] as const) {
    if (from !== "auto" && from !== source) continue;
    try {
      const library = await sources[source](input);
      rmSync(failureFile(input.cache), { force: true });
      return { from: source, library };
    } catch (error) {
      errors.push(error as Error);
    }
  }
  const reason = errors.map((error) => error.message).join("; ");
  // A full disk or a read-only folder is not remembered: finding out again takes no time.
  if (from === "auto" && errors.every((error) => error instanceof BackendError)) {
    await rememberFailure(input.cache, reason);
  }
  throw new BackendError(reason, { cause: errors[0] });
}
