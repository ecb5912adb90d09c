import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { requireOneOf } from "../../core/checks.js";
import { BackendError } from "../../core/errors.js";
import { cudaProblem, readAddonNote } from "../addon.js";
import { defaultCacheFolder, removeTemporaryFolders } from "./cache.js";
import { failureFile, rememberedFailure, rememberFailure } from "./failure.js";
import { setUpFromOfficial } from "./fromOfficial.js";
import { type RungInput, setUpFromWheel } from "./fromWheel.js";
import { writeAddonNote } from "./install.js";
import { withLock } from "./lock.js";
import { haveAddonPackage } from "./package.js";
import { type Reporter, stderrReporter } from "./reporter.js";
import { verifyAddon, verifyWasm } from "./verify.js";

export const setupBackends = ["auto", "native", "gpu", "wasm"] as const;
export const setupSources = ["auto", "wheel", "official"] as const;

export interface SetupOptions {
  /** What to make work; `auto` is native, and wasm where native can't be had. @default "auto" */
  backend?: (typeof setupBackends)[number];
  /** Where native may come from. @default "auto" */
  from?: (typeof setupSources)[number];
  /** Build again though it loads, check the hashes of all that the cache keeps, and forget earlier failures. */
  force?: boolean;
  /** @default heed's folder among the user's caches */
  cache?: string;
  /** The folder of tfjs-node (or tfjs-node-gpu). @default where npm put it */
  packageFolder?: string;
  /** @default stderr */
  report?: Reporter;
}

export interface SetupResult {
  backend: "native" | "gpu" | "wasm";
  /** Where the addon came from: it loaded already, the wheel, tfjs-node's own installer; nowhere for wasm. */
  from: "present" | "wheel" | "official" | "none";
  /** One line for the user: what works now and, on wasm, what is missing. */
  line: string;
}

/**
 * Makes the fastest backend work that this machine can have: see "Setup" in the design.
 *
 * @throws ConfigError if `backend` or `from` is none of theirs.
 * @throws BackendError if the backend that was asked for can't be made to work.
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
    report.note(`another heed setup (process ${pid}) is at work: waiting for it`);
  };
  return withLock(cache, onWait, async () => {
    const meanwhile = waited ? await presentAddon(options, name) : undefined;
    if (meanwhile) return meanwhile;
    removeTemporaryFolders(cache);
    return climb({ cache, packageFolder, force, report }, name === "gpu" ? "official" : (options.from ?? "auto"));
  });
}

/** The addon that is installed, if it works and came from where it may. */
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

/** Tries the rungs in turn; remembers a failure of all, so that the next start does not wait for time-outs again. */
async function climb(input: RungInput, from: (typeof setupSources)[number]): Promise<Addon> {
  const rungs = { wheel: setUpFromWheel, official: setUpFromOfficial };
  const remembered = from === "auto" && !input.force ? await rememberedFailure(input.cache) : undefined;
  if (remembered) throw new BackendError(remembered);
  const errors: Error[] = [];
  for (const rung of ["wheel", "official"] as const) {
    if (from !== "auto" && from !== rung) continue;
    try {
      const library = await rungs[rung](input);
      rmSync(failureFile(input.cache), { force: true });
      return { from: rung, library };
    } catch (error) {
      errors.push(error as Error);
    }
  }
  const reason = errors.map((error) => error.message).join("; ");
  // A full disk or a folder without write permission is not remembered: it costs no time-out.
  if (from === "auto" && errors.every((error) => error instanceof BackendError)) {
    await rememberFailure(input.cache, reason);
  }
  throw new BackendError(reason, { cause: errors[0] });
}
