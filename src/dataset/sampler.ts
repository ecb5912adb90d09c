import { Random } from "../core/random.js";
import type { TokenStore } from "./tokenStore.js";

/** `B` windows of `T` tokens, row by row: `inputs[b * T + t]` is followed in the text by `targets[b * T + t]`. */
export interface Batch {
  /** `[B, T]` ids. */
  inputs: Int32Array;
  /** `[B, T]` ids: the inputs, one token further on. */
  targets: Int32Array;
}

export interface BatchOptions {
  /** A whole number from 0 to 2^32 - 1. */
  seed: number;
  /** Which batch of the run, from 0; with gradient accumulation, which part of a step: `step * parts + part`. */
  step: number;
  /** `B`. */
  batchSize: number;
  /** `T`; the store holds at least `T + 1` tokens. */
  contextLength: number;
}

/**
 * The batch of `step`: `B` windows that begin anywhere in the store with equal chance, drawn with replacement. A pure
 * function of its arguments, so a resumed run needs only its step.
 *
 * @throws RangeError if the store holds fewer than `contextLength + 1` tokens.
 */
export function batchAt(store: TokenStore, options: BatchOptions): Batch {
  const { seed, step, batchSize, contextLength } = options;
  const starts = windowStarts(store, contextLength);
  const random = new Random(seed, "batches", step);
  return readWindows(
    store,
    Array.from({ length: batchSize }, () => random.nextInteger(starts)),
    contextLength,
  );
}

export interface EvaluationOptions {
  /** Most batches to make. */
  batches: number;
  /** `B`. */
  batchSize: number;
  /** `T`. */
  contextLength: number;
}

/**
 * Where the windows of an evaluation begin, a row of `batchSize` a batch: always the same, evenly spread from the
 * store's first token to its last, in at most `batches` full batches and no more than cover the store once (windows
 * overlap where the store is too short to fill the last batch).
 *
 * @throws RangeError if the store holds fewer than `contextLength + 1` tokens.
 */
export function evaluationWindows(store: TokenStore, options: EvaluationOptions): number[][] {
  const { batchSize, contextLength } = options;
  const last = windowStarts(store, contextLength) - 1;
  const cover = Math.ceil((store.length - 1) / contextLength);
  const batches = Math.min(options.batches, Math.ceil(cover / batchSize));
  const gaps = Math.max(1, batches * batchSize - 1);
  return Array.from({ length: batches }, (_, batch) =>
    Array.from({ length: batchSize }, (_, row) => Math.round(((batch * batchSize + row) * last) / gaps)),
  );
}

/** The windows that begin at `starts`. */
export function readWindows(store: TokenStore, starts: readonly number[], contextLength: number): Batch {
  const inputs = new Int32Array(starts.length * contextLength);
  const targets = new Int32Array(starts.length * contextLength);
  const window = new Int32Array(contextLength + 1);
  starts.forEach((start, row) => {
    store.read(start, window);
    inputs.set(window.subarray(0, contextLength), row * contextLength);
    targets.set(window.subarray(1), row * contextLength);
  });
  return { inputs, targets };
}

/** How many places a window with its targets can begin at. */
function windowStarts(store: TokenStore, contextLength: number): number {
  const starts = store.length - contextLength;
  if (starts < 1) {
    throw new RangeError(
      `a store of ${store.length} tokens must hold at least contextLength + 1 = ${contextLength + 1}`,
    );
  }
  return starts;
}
