import { difference, pValue, type Summary, summarize } from "../../core/tTests.js";
import { bestByMean, bestOfMostSeeds, ofFewerSeeds, partsBy } from "./ranking.js";
import type { TrialResult } from "./trialResults.js";
import { settingsText, type TrialSettings } from "./trialSettings.js";

/** Trials that differ in their seeds alone. */
export interface SettingsResult {
  settings: TrialSettings;
  /** Of all its seeds that have ended. */
  results: TrialResult[];
  /** Of the `bestValLoss` of those that are done; undefined where none is, or nothing was validated. */
  bestValLoss?: Summary;
  /** The same of `finalValLoss`. */
  finalValLoss?: Summary;
  /** The same of `finalTrainLoss`. */
  finalTrainLoss?: Summary;
}

/** The results by settings, in the order of the trials. */
export function bySettings(results: readonly TrialResult[]): SettingsResult[] {
  return partsBy(results, ({ settings }) => settingsText(settings)).map((group) => {
    const [bestValLoss, finalValLoss, finalTrainLoss] = (
      ["bestValLoss", "finalValLoss", "finalTrainLoss"] as const
    ).map((field) => summaryOf(lossesOf(group, field)));
    return { settings: group[0]!.settings, results: group, bestValLoss, finalValLoss, finalTrainLoss };
  });
}

/** Of those that are done. */
function lossesOf(results: readonly TrialResult[], field: "bestValLoss" | "finalValLoss" | "finalTrainLoss"): number[] {
  return results.flatMap((result) => (result.status === "done" ? (result[field] ?? []) : []));
}

const bestLosses = ({ results }: SettingsResult): number[] => lossesOf(results, "bestValLoss");

/**
 * For each combination of the other settings, the values of `keys` with the smallest mean `bestValLoss`, of those with the
 * most seeds; the first where there is no loss.
 */
export function bestOfEach(all: readonly SettingsResult[], keys: readonly string[]): SettingsResult[] {
  const others = ({ settings }: SettingsResult) =>
    settingsText(Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.includes(key))));
  const best = partsBy(all, others).map((part) => bestOfMostSeeds(part, bestLosses) ?? part[0]!);
  return all.filter((one) => best.includes(one));
}

/** The one with the smallest mean `bestValLoss`; undefined where there is no loss. */
export function bestOfAll(all: readonly SettingsResult[]): SettingsResult | undefined {
  return bestByMean(all, bestLosses);
}

/** Those whose means say less, as others have more seeds. */
export function lackingSeeds(all: readonly SettingsResult[]): SettingsResult[] {
  return ofFewerSeeds(all, bestLosses);
}

/**
 * Those whose `bestValLoss` does not differ from that of `best` by more than the seeds explain: p above 5%, by seed where
 * both have the same seeds.
 */
export function withinNoise(all: readonly SettingsResult[], best: SettingsResult): SettingsResult[] {
  const bySeed = ({ results }: SettingsResult) =>
    new Map(
      results.flatMap(({ status, seed, bestValLoss: loss }) =>
        status === "done" && loss !== undefined ? [[seed, loss] as const] : [],
      ),
    );
  return all.filter((one) => {
    const change = one === best ? undefined : difference(bySeed(one), bySeed(best));
    return change !== undefined && pValue(change) > 0.05;
  });
}

const summaryOf = (values: readonly number[]): Summary | undefined =>
  values.length === 0 ? undefined : summarize(values);
