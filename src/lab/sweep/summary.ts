import { mean, variance } from "../../core/statistics.js";
import { bestByMean, ofFewerSeeds, partsBy } from "./ranking.js";
import type { TrialResult } from "./results.js";
import { settingsText, type TrialSettings } from "./settings.js";

/** Trials that differ in their seeds alone. */
export interface SettingsResult {
  settings: TrialSettings;
  /** Of all its seeds that have ended. */
  results: TrialResult[];
  /** Of the `bestValLoss` of those that are done; undefined where none is, or nothing was validated. */
  bestValLoss?: Spread;
  /** The same of `finalValLoss`. */
  finalValLoss?: Spread;
  /** The same of `finalTrainLoss`. */
  finalTrainLoss?: Spread;
}

/** Mean and standard deviation (with `count - 1`; 0 of a single value). */
export interface Spread {
  mean: number;
  deviation: number;
}

/** The results by settings, in the order of the trials. */
export function bySettings(results: readonly TrialResult[]): SettingsResult[] {
  return partsBy(results, ({ settings }) => settingsText(settings)).map((group) => {
    const [bestValLoss, finalValLoss, finalTrainLoss] = (
      ["bestValLoss", "finalValLoss", "finalTrainLoss"] as const
    ).map((field) => spreadOf(lossesOf(group, field)));
    return { settings: group[0]!.settings, results: group, bestValLoss, finalValLoss, finalTrainLoss };
  });
}

/** Of those that are done. */
function lossesOf(results: readonly TrialResult[], field: "bestValLoss" | "finalValLoss" | "finalTrainLoss"): number[] {
  return results.flatMap((result) => (result.status === "done" ? (result[field] ?? []) : []));
}

const bestLosses = ({ results }: SettingsResult): number[] => lossesOf(results, "bestValLoss");

/** For each combination of the other settings, `bestOfAll` of the values of `keys`; where it is undefined the first. */
export function bestOfEach(all: readonly SettingsResult[], keys: readonly string[]): SettingsResult[] {
  const others = ({ settings }: SettingsResult) =>
    settingsText(Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.includes(key))));
  const best = partsBy(all, others).map((part) => bestOfAll(part) ?? part[0]!);
  return all.filter((one) => best.includes(one));
}

/** The one with the smallest mean `bestValLoss`, of those with the most seeds; undefined where there is no loss. */
export function bestOfAll(all: readonly SettingsResult[]): SettingsResult | undefined {
  return bestByMean(all, bestLosses);
}

/** Those that `bestOfAll` passes over, as others have more seeds. */
export function lackingSeeds(all: readonly SettingsResult[]): SettingsResult[] {
  return ofFewerSeeds(all, bestLosses);
}

function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  return { mean: mean(values), deviation: Math.sqrt(variance(values)) };
}
