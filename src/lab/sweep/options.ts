import { checkGiven } from "../../config/fields.js";
import { modelFields } from "../../config/model.js";
import { dataFields, machineFields, outputFields } from "../../config/run.js";
import { trainingFields } from "../../config/training.js";
import { definedFields } from "../../core/checks.js";
import type { TrainOptions } from "../../jobs/trainOptions.js";
import type { Budget } from "./budget.js";
import type { Grid } from "./grid.js";
import type { TrialSettings } from "./trialSettings.js";

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
  /** What each trial may use: `"tokens=2M"` or `"flops=1e15"`. @default `training.steps` steps */
  budget?: string | Budget;
  /** Settings of which only the best value counts, for each combination of the others, such as `"lr"`. */
  bestOf?: string | string[];
  /** Trials at a time. @default as many as there are cores and memory for */
  workers?: number;
}

const names = [
  "data",
  "valData",
  "valFraction",
  "tokenizer",
  "unknownToken",
  "normalize",
  "keep",
  "tensorboard",
  "backend",
  "compiled",
  "xla",
  "grid",
  "trials",
  "list",
  "seeds",
  "budget",
  "bestOf",
] as const;

/** What was asked for: everything that decides what the trials are. sweep.json keeps it. */
export type Asked = Partial<Pick<SweepOptions, (typeof names)[number]>> &
  Required<Pick<SweepOptions, "model" | "training">>;

/** Options of a sweep alone: they decide more than one value, so no row of a table describes them. */
const own = Object.fromEntries(
  ["grid", "trials", "list", "seeds", "budget", "bestOf", "workers", "signal"].map((name) => [name, {}]),
);

/**
 * The part of `options` that describes a sweep, without fields that are left out; a single file as a list of one.
 *
 * @throws ConfigError naming an option that there is not, with the nearest, or a shared one that breaks its rule.
 */
export function askedFor(options: SweepOptions): Asked {
  const table = { ...dataFields, ...machineFields, ...outputFields };
  const within = { model: modelFields, training: trainingFields, ...own };
  const all = { ...options, ...checkGiven(table, options, { what: "sweep", within }) };
  const given = definedFields(Object.fromEntries(names.map((name) => [name, all[name]])));
  return { ...given, model: definedFields(options.model ?? {}), training: definedFields(options.training ?? {}) };
}
