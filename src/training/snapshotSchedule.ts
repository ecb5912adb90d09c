import type { TrainingConfig } from "../config/training.js";

/**
 * The steps after which a run keeps a copy of its weights, rising: 0, before the first step, and `n - 1` from 1 to the
 * last, `steps^(i / (n - 2))`, rounded; fewer where several fall on one step. A single one is that of the last step.
 */
export function snapshotSchedule({ snapshots: n, steps }: Pick<TrainingConfig, "snapshots" | "steps">): number[] {
  if (n < 3) return [0, steps].slice(2 - n);
  const later = Array.from({ length: n - 1 }, (_, i) => Math.round(steps ** (i / (n - 2))));
  return [...new Set([0, ...later])];
}
