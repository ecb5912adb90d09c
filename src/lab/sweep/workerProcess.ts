import { fork } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { threadSettings } from "../../backends/processes.js";
import * as errors from "../../core/errors.js";
import type { FromWorker, ToWorker, TrialProgress, WorkerAnswer, WorkerTask } from "./workerProtocol.js";

/** A process that does one piece of work. */
export interface WorkerProcess {
  /** What it says last, once it has ended; rejected with how it ended if it says nothing. */
  answer: Promise<WorkerAnswer>;
  send(message: ToWorker): void;
  kill(): void;
}

/** Starts a process that does `work` on `threads` cores. It ends with this process, however this one ends. */
export function startWorker(
  work: WorkerTask,
  { threads, onProgress }: { threads: number; onProgress?: (progress: TrialProgress) => void },
): WorkerProcess {
  const here = fileURLToPath(import.meta.url);
  const loader = here.endsWith(".ts") ? ["--import", pathToFileURL(createRequire(here).resolve("tsx")).href] : [];
  const child = fork(join(dirname(here), `worker${extname(here)}`), [], {
    env: { ...process.env, ...threadSettings(threads) },
    execArgv: loader,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    detached: process.platform !== "win32", // a terminal's Ctrl-C is for the sweep, which then tells its workers
  });
  let complaints = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    if (process.env.HEED_DEBUG === "1") process.stderr.write(text);
    complaints = (complaints + text).slice(-4000);
  });
  const answer = new Promise<WorkerAnswer>((resolve, reject) => {
    let last: WorkerAnswer | undefined;
    child.on("message", (message: FromWorker) => {
      if (message.kind === "progress") onProgress?.(message.progress);
      else last = message;
    });
    child.on("error", (error) => reject(error));
    child.on("close", (code, signal) => {
      if (last) resolve(last);
      else reject(new Error(endingOf(code, signal, complaints)));
    });
  });
  const send = (message: ToWorker) => {
    if (child.connected) child.send(message, () => {}); // a process that has ended says so itself
  };
  send(work);
  return { answer, send, kill: () => child.kill("SIGKILL") };
}

/**
 * The answer of a process that does `task`, which must be of this `kind`.
 *
 * @throws the error of heed that the process met.
 */
export async function runTask<K extends WorkerAnswer["kind"]>(
  task: WorkerTask,
  threads: number,
  kind: K,
): Promise<Extract<WorkerAnswer, { kind: K }>> {
  const answer = await startWorker(task, { threads }).answer;
  if (answer.kind === kind) return answer as Extract<WorkerAnswer, { kind: K }>;
  if (answer.kind !== "error") throw new Error(`a worker answered ${answer.kind}, not ${kind}`);
  const Kind = (errors as Record<string, unknown>)[answer.name] as typeof errors.HeedError | undefined;
  throw Kind ? new Kind(answer.message) : new Error(answer.message);
}

function endingOf(code: number | null, signal: string | null, complaints: string): string {
  if (signal === "SIGKILL") return "its process was killed (if memory ran out, use fewer --workers)";
  const heap = /FATAL ERROR: .*/.exec(complaints)?.[0]; // V8's last words, before a stack trace
  const line = heap ?? complaints.trim().split("\n").at(-1)!.trim();
  return `its process ended with ${signal ?? `exit code ${code}`}${line && `: ${line}`}`;
}
