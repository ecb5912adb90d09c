import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { addonProblem } from "../addon.js";
import { run } from "./run.js";

export type Verified = { library: string; gpu: boolean; problem?: undefined } | { problem: string };

/**
 * Loads the addon of the package in this folder and computes with it. This runs in a child process, because a damaged
 * library kills the process that loads it.
 */
export async function verifyAddon(packageFolder: string): Promise<Verified> {
  const problem = addonProblem(packageFolder);
  return problem === undefined ? probe("native", packageFolder) : { problem };
}

/** Why wasm does not load or compute, or undefined if it does. */
export async function verifyWasm(): Promise<string | undefined> {
  return (await probe("wasm")).problem;
}

async function probe(...args: string[]): Promise<Verified> {
  const here = fileURLToPath(import.meta.url);
  const script = join(dirname(here), `probe${extname(here)}`);
  const loader = here.endsWith(".ts") ? ["--import", pathToFileURL(createRequire(here).resolve("tsx")).href] : [];
  const { ok, output, ending } = await run(process.execPath, [...loader, script, ...args], { limit: 60 });
  const answer = /^probe (.*)$/m.exec(output)?.[1];
  if (ok && answer) return JSON.parse(answer);
  if (process.env.HEED_DEBUG === "1") console.error(output);
  return { problem: /^(?:\w*Error): (.+)$/m.exec(output)?.[1] ?? `the process that loaded it ended with ${ending}` };
}
