import { availableParallelism } from "node:os";
import { requireInteger } from "../core/checks.js";

/** Parts of a batch at most: each makes a graph larger. */
const mostParts = 4;

let parts = 1;

/** Limits the threads of this process and those that it starts, as `HEED_THREADS` does; before a backend loads. */
export function limitThreads(threads: number | undefined): void {
  if (threads !== undefined) process.env.HEED_THREADS = String(threads);
}

/** @throws ConfigError if HEED_THREADS is no whole number above 0. */
export function allowedThreads(): number {
  const { HEED_THREADS } = process.env;
  return requireInteger("HEED_THREADS", Number(HEED_THREADS ?? availableParallelism()), 1, 1024);
}

/**
 * Spreads TensorFlow's work over the processor's threads (`HEED_THREADS`, else all): a batch is worked on in as many
 * parts side by side, each op of a part with its share of the threads, and not each op by all threads. Most ops are too
 * small to be shared well. TensorFlow reads these settings once, when it loads; a user's own come first.
 *
 * @throws ConfigError if HEED_THREADS is no whole number above 0.
 */
export function shareThreads(): void {
  const threads = allowedThreads();
  process.env.TF_NUM_INTEROP_THREADS ??= String(threads);
  process.env.TF_NUM_INTRAOP_THREADS ??= String(Math.ceil(threads / mostParts));
  parts = Math.min(Number(process.env.TF_NUM_INTEROP_THREADS) || 1, mostParts);
}

/** Parts of a batch that have threads to run side by side. */
export function partsSideBySide(): number {
  return parts;
}
