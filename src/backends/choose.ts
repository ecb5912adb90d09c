import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { requireOneOf } from "../core/checks.js";
import { BackendError } from "../core/errors.js";
import { type AddonPackage, addonPackageFolder, addonProblem, cudaProblem, packageMissing } from "./addon.js";
import { registerPlainGather } from "./gather.js";
import { loadAddonPackage } from "./loadAddon.js";
import { registerSharingIdentity } from "./wasm/identity.js";
import { registerFastMatMul } from "./wasm/matMul.js";

export const backendNames = ["native", "gpu", "wasm", "cpu"] as const;
export type BackendName = (typeof backendNames)[number];

export const backendChoices = ["auto", ...backendNames] as const;
export type BackendChoice = (typeof backendChoices)[number];

export interface ActiveBackend {
  name: BackendName;
  /** One line that says which backend runs and why. */
  reason: string;
}

export interface BackendOptions {
  /** Why this backend, where it is named. @default "asked for" */
  why?: string;
}

/** Which addon this process has loaded: native and gpu are the same tfjs backend, so it can't have both. */
let loaded: "native" | "gpu" | undefined;

/**
 * Loads a backend, makes it the one that tfjs uses in this process, and waits until it is ready.
 * `auto` is native where it loads, else wasm. Asking again is cheap, and switching between backends is allowed.
 *
 * @throws ConfigError if there is no backend of that name.
 * @throws BackendError if the backend that was asked for does not load, with what to do about it.
 */
export async function useBackend(name: string = "auto", options: BackendOptions = {}): Promise<ActiveBackend> {
  const choice = requireOneOf("backend", name, backendChoices);
  const { why = "asked for" } = options;
  if (choice === "wasm") return useWasm(why);
  if (choice === "cpu") return useCpu(why);
  if (choice === "auto") {
    const problem = loaded === "gpu" ? "gpu is loaded in this process" : nativeProblem();
    return problem
      ? useWasm(`native does not load: ${problem}`)
      : useTensorFlow("native", "it loads and is the fastest");
  }
  const problem = choice === "gpu" ? gpuProblem() : nativeProblem();
  if (problem) throw new BackendError(`backend ${choice} does not load: ${problem}`);
  return useTensorFlow(choice, why);
}

async function useTensorFlow(name: "native" | "gpu", why: string): Promise<ActiveBackend> {
  await tf.setBackend("tensorflow");
  registerPlainGather();
  const { binding } = tf.backend() as unknown as { binding: { TF_Version: string } };
  return { name, reason: `${name} (TensorFlow ${binding.TF_Version}): ${why}` };
}

async function useWasm(why: string): Promise<ActiveBackend> {
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  if (!tf.engine().registry.wasm) {
    // The folder that holds the .wasm files: nothing is fetched.
    setWasmPaths(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")) + sep);
  }
  const events = ["uncaughtException", "unhandledRejection"];
  const before = new Set(events.flatMap((event) => process.rawListeners(event)));
  if (!(await tf.setBackend("wasm"))) throw new BackendError("backend wasm does not load in this Node");
  for (const event of events) {
    for (const listener of process.rawListeners(event)) {
      // Emscripten's handlers would turn an uncaught error into an exit code of their own.
      if (!before.has(listener)) process.off(event, listener as () => void);
    }
  }
  registerFastMatMul();
  registerSharingIdentity();
  return { name: "wasm", reason: `wasm: ${why}` };
}

async function useCpu(why: string): Promise<ActiveBackend> {
  await tf.setBackend("cpu");
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false; // it would advertise tfjs-node on first use
  return { name: "cpu", reason: `cpu: ${why}` };
}

/** Loads native unless it is loaded; says why it can't, and what to do. */
function nativeProblem(): string | undefined {
  return loadProblem("native", "@tensorflow/tfjs-node");
}

/** Loads gpu unless it is loaded; says why it can't, and what to do. Touches nothing where there is no CUDA. */
function gpuProblem(): string | undefined {
  const noCuda = cudaProblem();
  if (noCuda) return `${noCuda} (use --backend native)`;
  const problem = loadProblem("gpu", "@tensorflow/tfjs-node-gpu");
  if (problem) return problem;
  if ((tf.engine().registry.tensorflow as unknown as { isUsingGpuDevice: boolean }).isUsingGpuDevice) return undefined;
  forgetTensorFlow();
  return "TensorFlow finds no GPU that it can use: HEED_DEBUG=1 shows what its CUDA libraries say (use --backend native)";
}

function loadProblem(name: "native" | "gpu", packageName: AddonPackage): string | undefined {
  if (loaded) {
    return loaded === name ? undefined : `${loaded} is loaded in this process, and it can't have both`;
  }
  const folder = addonPackageFolder(packageName);
  if (!folder) return packageMissing(packageName);
  const remedy = `(${name === "gpu" ? "npx heed setup --backend gpu" : "npx heed setup"} makes it work)`;
  const problem = addonProblem(folder);
  if (problem) return `${problem} ${remedy}`;
  try {
    loadAddonPackage(folder);
  } catch (error) {
    forgetTensorFlow();
    return `${firstLine(error)} ${remedy}`;
  }
  loaded = name;
  return undefined;
}

/** Takes back what a package registered before it failed, so that the next one finds a clean slate. */
function forgetTensorFlow(): void {
  loaded = undefined;
  if (tf.findBackendFactory("tensorflow")) tf.removeBackend("tensorflow");
  for (const { kernelName } of tf.getKernelsForBackend("tensorflow")) tf.unregisterKernel(kernelName, "tensorflow");
}

const firstLine = (error: unknown): string =>
  String((error as Error).message ?? error)
    .split("\n")[0]!
    .trim();
