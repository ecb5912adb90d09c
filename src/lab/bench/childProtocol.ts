/**
 * How the bench talks with a contestant, a process of its own: one JSON value a line on its stdin, and for each one
 * answer, a line on its stdout that begins with {@link answerMark} (libraries print other things there).
 * `scripts/bench/peer.py` is the same in Python.
 */
export const answerMark = "bench> ";

export const tasks = ["train", "decode", "product"] as const;
/** Training steps; texts written token by token; products of two square matrices. */
export type Task = (typeof tasks)[number];

/** The first request: what to get ready for. */
export interface LoadRequest {
  task: Task;
  /** Where {@link writeInputs} left weights and batches; for `train` and `decode`. */
  folder: string;
  threads: number;
  /** Rows and columns of the matrices; for `product`. */
  productSize: number;
  /** What distinguishes contestants of one library. */
  variant: Record<string, boolean | string>;
}

export interface LoadAnswer {
  /** Of the libraries that this contestant uses. */
  versions: Record<string, string>;
}

/** Every later request: do it that many times. */
export interface RunRequest {
  count: number;
}

export interface RunAnswer {
  /** How long each took. */
  milliseconds: number[];
  /** `train`: the loss of each step's batch before its update. `decode`: the ids of the last text. */
  values: number[];
  /** Processor time of all threads over these times. */
  cpuMilliseconds: number;
  /** What the process holds in memory now. */
  memoryBytes: number;
  /** The most it ever held. */
  peakBytes: number;
}

export type ChildAnswer<T> = T | { error: string };
