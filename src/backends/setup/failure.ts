import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findCompilers } from "./compileAddon.js";
import { tensorflowVersion } from "./pins.js";
import { findPython } from "./python.js";

const hours = 6;

interface Failure {
  reason: string;
  /** When, in milliseconds since 1970. */
  at: number;
  /** The tools that setup found on the machine; it tries again once they have changed. */
  found: string;
}

export const failureFile = (cache: string): string => join(cache, "failure.json");

/** Why setup failed within the last hours on a machine that has not changed since, or undefined. */
export async function rememberedFailure(cache: string): Promise<string | undefined> {
  try {
    const { reason, at, found }: Failure = JSON.parse(readFileSync(failureFile(cache), "utf8"));
    const minutes = Math.round((Date.now() - at) / 60_000);
    if (!(minutes >= 0 && minutes < hours * 60) || found !== (await foundTools())) return undefined;
    const age = minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
    return `${reason} (as it was ${age} ago; npx heed setup --force tries again)`;
  } catch {
    return undefined;
  }
}

/** Remembers a failure, so that the next start does not wait for the same time-outs. */
export async function rememberFailure(cache: string, reason: string): Promise<void> {
  const failure: Failure = { reason, at: Date.now(), found: await foundTools() };
  writeFileSync(failureFile(cache), JSON.stringify(failure, null, 1));
}

async function foundTools(): Promise<string> {
  return JSON.stringify([tensorflowVersion, await findPython(), await findCompilers()]);
}
