import { definedFields } from "../../core/checks.js";
import type { TrainOptions } from "../../jobs/trainOptions.js";
import type { Budget } from "./budget.js";
import type { Grid } from "./grid.js";
import type { TrialSettings } from "./settings.js";

export const lrRules = ["fixed", "width"] as const;
export type LrRule = (typeof lrRules)[number];

/** What a sweep tries: the options of `train` that all trials share, and what varies. */
export interface SweepOptions extends Omit<TrainOptions, "out"> {
  /** The sweep's folder; each trial is a run folder in its `trials/`. */
  out: string;
  /** What varies, by the names of the flags: `"heads=1,2,4 dim=64,128"` or `{ heads: [1, 2, 4], dim: [64, 128] }`. */
  grid?: Grid;
  /** Draws this many settings from the lists and ranges of the grid, instead of taking all combinations. */
  trials?: number;
  /** The settings to try, one by one, instead of a grid. */
  list?: TrialSettings[];
  /** How many seeds to train each with, from `training.seed` on, or which: `3`, `[1, 2, 3]`, `"1,2,3"`. @default 1 */
  seeds?: number | number[] | string;
  /** What each trial may use: `"tokens=2M"`, `"flops=1e15"` or `"seconds=60"`. @default `training.steps` steps */
  budget?: string | Budget;
  /**
   * `fixed`: the learning rate that is asked for. `width`: that times `sqrt(baseDim / hiddenDim)`, `baseDim` being the
   * `hiddenDim` that is asked for all trials, or its default.
   *
   * @default "fixed"
   */
  lrRule?: LrRule;
  /** Settings of which only the best value counts, for each combination of the others, such as `"lr"`. */
  bestOf?: string | string[];
  /** Whether a trial that does worse than half of the finished ones did at the same point is stopped. @default false */
  medianStop?: boolean;
  /** The share of its steps that `medianStop` leaves to every trial. @default 0.25 */
  grace?: number;
  /** Trials at a time. @default as many as there are cores and memory for */
  workers?: number;
}

const names = [
  ...([
    "data",
    "valData",
    "valFraction",
    "tokenizer",
    "unknownToken",
    "normalize",
    "keep",
    "tensorboard",
    "backend",
  ] as const),
  ...(["compiled", "xla", "grid", "trials", "list", "seeds", "budget", "lrRule", "bestOf"] as const),
  ...(["medianStop", "grace"] as const),
];

/** What was asked for: everything that decides what the trials are. sweep.json keeps it. */
export type Asked = Partial<Pick<SweepOptions, (typeof names)[number]>> &
  Required<Pick<SweepOptions, "model" | "training">>;

/** The part of `options` that describes a sweep, without fields that are left out. */
export function askedFor(options: SweepOptions): Asked {
  const given = definedFields(Object.fromEntries(names.map((name) => [name, options[name]])));
  return { ...given, model: definedFields(options.model ?? {}), training: definedFields(options.training ?? {}) };
}
