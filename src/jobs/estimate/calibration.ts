import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ActiveBackend } from "../../backends/choose.js";
import { defaultCacheFolder } from "../../backends/setup/cache.js";
import type { PrecisionKind } from "../../config/training.js";
import { replaceText } from "../../core/durableFiles.js";
import { readMachine } from "../../core/machine.js";
import { readJson } from "../../core/strictJson.js";
import { versions } from "../../runs/versions.js";
import { fitCosts, type MachineCosts } from "./machineCosts.js";
import { type MeasuredStep, type MeasureListeners, measureSteps } from "./measureSteps.js";

/** How fast this machine trains, measured once and kept. */
export interface Calibration {
  costs: MachineCosts;
  /** The steps that were measured. */
  measured: MeasuredStep[];
  /** When, as `2026-01-31T12:00:00.000Z`. */
  at: string;
  /** Processes that wanted a core in the minute before, over the cores that there are. */
  load: number;
}

export interface CalibrationOptions {
  backend: ActiveBackend;
  precision: PrecisionKind;
  /** Whether a step runs as one graph, where the backend has graphs. */
  compiled: boolean;
  /** Whether to measure though a calibration is kept. @default false */
  anew?: boolean;
  /** @default heed's cache folder */
  cacheFolder?: string;
}

/** What the environment says about threads and XLA. */
const settings = ["HEED_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"];

/**
 * How fast this machine trains with this backend, library and number of threads: kept from before, or measured now with
 * steps of a few small models, which takes some seconds. What was measured while the machine was busy serves until it is
 * not.
 */
export async function calibration(
  options: CalibrationOptions,
  listeners: MeasureListeners = {},
  measure = measureSteps,
): Promise<Calibration> {
  const key = keyOf(options);
  const folder = join(options.cacheFolder ?? defaultCacheFolder(), "calibrations");
  const file = join(folder, `${createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 16)}.json`);
  const { cores, loadBefore } = readMachine();
  const load = loadBefore / cores;
  const kept = options.anew ? undefined : readKept(file);
  if (kept && !(isBusy(kept) && !isBusy({ load }))) return kept;
  const measured = await measure(options, listeners);
  const made = { costs: fitCosts(measured), measured, at: new Date().toISOString(), load };
  try {
    mkdirSync(folder, { recursive: true });
    replaceText(file, `${JSON.stringify({ key, ...made }, null, 1)}\n`);
  } catch {
    // A cache that can't be written costs the next command some seconds.
  }
  return made;
}

/** Whether other programs slowed down what was measured, so that it is worth another try. */
export function isBusy({ load }: Pick<Calibration, "load">): boolean {
  return load > 0.5;
}

/** What the speed depends on. */
function keyOf({ backend, precision, compiled }: CalibrationOptions): object {
  const { cpu, cores } = readMachine();
  const library = /TensorFlow [\d.]+/.exec(backend.reason)?.[0];
  const environment = settings.map((name) => [name, process.env[name]]);
  return { cpu, cores, backend: backend.name, library, ...versions(), precision, compiled, environment };
}

function readKept(file: string): Calibration | undefined {
  try {
    const { costs, measured, at, load } = readJson(file) as Calibration;
    const isWhole = [costs.op, costs.flop, costs.byte, costs.random].every(
      (cost) => Number.isFinite(cost) && cost >= 0,
    );
    return isWhole && Array.isArray(measured) && !Number.isNaN(Date.parse(at))
      ? { costs, measured, at, load }
      : undefined;
  } catch {
    return undefined; // none, or one that a crash damaged
  }
}
