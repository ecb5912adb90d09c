import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../src/core/packageRoot.js";

/** The program, as test/support/build.ts compiled it. */
export const program = join(process.env.HEED_TEST_BUILD!, "scripts", "heed.js");

/** What lets Node read TypeScript. */
export const tsx = pathToFileURL(join(packageRoot, "node_modules", "tsx", "dist", "loader.mjs")).href;

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A new folder in which `data/` is the repository's. */
export function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "heed-test-"));
  symlinkSync(join(packageRoot, "data"), join(folder, "data"));
  return folder;
}

/** Starts `heed` as a process of its own, in `cwd`, with threads of its own: this process has set some for itself. */
export function startHeed(args: string[], cwd: string): { child: ChildProcess; done: Promise<Outcome> } {
  const { TF_NUM_INTEROP_THREADS, TF_NUM_INTRAOP_THREADS, ...env } = process.env;
  const child = spawn(process.execPath, [program, ...args], { cwd, env });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const done = new Promise<Outcome>((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
  return { child, done };
}

/** Runs `heed` to its end. */
export function heed(args: string[], cwd: string): Promise<Outcome> {
  return startHeed(args, cwd).done;
}
