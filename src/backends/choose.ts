import { requireOneOf } from "../core/checks.js";
import { BackendError } from "../core/errors.js";
import type { Backend } from "./backend.js";
import { cpu } from "./cpu.js";
import { gpu, native } from "./tensorflow.js";
import { wasm } from "./wasm/wasm.js";

/** Every backend by name. */
const backends = { native, gpu, wasm, cpu } satisfies Record<string, Backend>;
export type BackendName = keyof typeof backends;

export const backendChoices = ["auto", ...(Object.keys(backends) as BackendName[])] as const;
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

/**
 * Loads a backend, makes it the one that tfjs uses in this process, and waits until it is ready.
 * `auto` is native where it loads, else wasm. Asking again is cheap, and switching between backends is allowed.
 *
 * @throws ConfigError if there is no backend of that name.
 * @throws BackendError if the backend that was asked for does not load, with what to do about it.
 */
export async function useBackend(
  name: string = "auto",
  { why = "asked for" }: BackendOptions = {},
): Promise<ActiveBackend> {
  const choice = requireOneOf("backend", name, backendChoices);
  if (choice === "auto") {
    const problem = native.problem!();
    return problem ? use("wasm", `native does not load: ${problem}`) : use("native", "it loads and is the fastest");
  }
  const problem = (backends[choice] as Backend).problem?.();
  if (problem) throw new BackendError(`backend ${choice} does not load: ${problem}`);
  return use(choice, why);
}

async function use(name: BackendName, why: string): Promise<ActiveBackend> {
  return { name, reason: `${await backends[name].use()}: ${why}` };
}
