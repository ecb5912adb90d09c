import { totalmem } from "node:os";
import type { BackendName } from "./choose.js";
import { allowedThreads } from "./threads.js";

/** Memory to have for each process that trains, in bytes. */
const memoryEach = 2 * 2 ** 30;

/** How many processes can train at the same time: one on a GPU, else one a thread that has its share of memory. */
export function processesThatFit(backend: BackendName): number {
  if (backend === "gpu") return 1;
  return Math.max(1, Math.min(allowedThreads(), Math.floor(totalmem() / memoryEach)));
}

/** The threads (of `HEED_THREADS`, else of all) for each of `processes` that compute at the same time. */
export function threadsEach(processes: number): number {
  return Math.max(1, Math.floor(allowedThreads() / processes));
}

/** The environment of a process that shall compute on that many threads, whatever this one was given. */
export function threadSettings(threads: number): Record<string, string | undefined> {
  return { HEED_THREADS: String(threads), TF_NUM_INTEROP_THREADS: undefined, TF_NUM_INTRAOP_THREADS: undefined };
}
