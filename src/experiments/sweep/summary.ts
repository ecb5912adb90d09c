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
}

/** Mean and standard deviation (with `count - 1`; 0 of a single value). */
export interface Spread {
  mean: number;
  deviation: number;
}

/** The results by settings, in the order of the trials. */
export function bySettings(results: readonly TrialResult[]): SettingsResult[] {
  const groups = new Map<string, TrialResult[]>();
  for (const result of results) {
    const name = settingsText(result.settings);
    groups.set(name, [...(groups.get(name) ?? []), result]);
  }
  return [...groups.values()].map((group) => {
    const done = group.filter(({ status }) => status === "done");
    const spread = (field: "bestValLoss" | "finalValLoss") => spreadOf(done.flatMap((result) => result[field] ?? []));
    const [bestValLoss, finalValLoss] = [spread("bestValLoss"), spread("finalValLoss")];
    return { settings: group[0]!.settings, results: group, bestValLoss, finalValLoss };
  });
}

/**
 * For each combination of the other settings, the one whose values of `keys` gave the smallest mean `bestValLoss`; one
 * without any loss only where none has one.
 */
export function bestOfEach(all: readonly SettingsResult[], keys: readonly string[]): SettingsResult[] {
  const best = new Map<string, SettingsResult>();
  for (const one of all) {
    const others = Object.entries(one.settings).filter(([key]) => !keys.includes(key));
    const name = settingsText(Object.fromEntries(others));
    const known = best.get(name);
    if (!known || lossOf(one) < lossOf(known)) best.set(name, one);
  }
  return all.filter((one) => [...best.values()].includes(one));
}

/** The one with the smallest mean `bestValLoss`; undefined where there is no loss. */
export function bestOfAll(all: readonly SettingsResult[]): SettingsResult | undefined {
  const validated = all.filter((one) => one.bestValLoss);
  return validated.sort((a, b) => lossOf(a) - lossOf(b))[0];
}

const lossOf = ({ bestValLoss }: SettingsResult): number => bestValLoss?.mean ?? Infinity;

function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}
