import { bestOfMostSeeds, ofFewerSeeds, partsBy } from "../sweep/ranking.js";
import { list, plural, shortList } from "./format.js";
import { bestLoss, type Group, groupRuns } from "./groups.js";
import { showValue } from "./runSettings.js";

export interface Chosen {
  /** By the settings that are left. */
  groups: Group[];
  /** The settings that are left to compare. */
  keys: string[];
  /** The settings of which one value was chosen for each combination of `keys`. */
  chosen: string[];
  notes: string[];
}

/**
 * For each combination of the other settings, the group whose values of `bestOf` gave the smallest mean best loss, of
 * those with the most seeds: so shapes are compared each with the learning rate that suits it.
 */
export function chooseBest(all: readonly Group[], keys: readonly string[], bestOf: readonly string[]): Chosen {
  const chosen = keys.filter((key) => bestOf.includes(key));
  if (chosen.length === 0) return { groups: [...all], keys: [...keys], chosen, notes: [] };
  const left = keys.filter((key) => !chosen.includes(key));
  const parts = partsBy(all, ({ settings }) => JSON.stringify(left.map((key) => settings[key])));
  const kept = parts.map((part) => bestOfMostSeeds(part, bestLosses) ?? part[0]!);
  const passed = parts.flatMap((part) => ofFewerSeeds(part, bestLosses));
  const values = chosen.map((key) => `${key} (${list([...new Set(all.map((g) => showValue(g.settings[key]!)))])})`);
  const note =
    `Of ${list(values)} only the value with the smallest mean best loss counts, for each combination of the other ` +
    "settings: the runs with the others are left out.";
  return {
    groups: groupRuns(
      kept.flatMap(({ runs }) => runs),
      left,
    ),
    keys: left,
    chosen,
    notes: [note, ...seedNotes(passed, `Not taken for the best ${list(chosen)}, as others have more seeds finished`)],
  };
}

const bestLosses = ({ finished }: Group): number[] => finished.map(bestLoss);

/** Says which of the `groups` have fewer seeds than others, so that their means say less. */
export function fewSeeds(groups: readonly Group[]): string[] {
  return seedNotes(ofFewerSeeds(groups, bestLosses), "Of fewer seeds than others, so the mean says less");
}

function seedNotes(groups: readonly Group[], what: string): string[] {
  const names = groups.map(({ label, finished }) => `“${label}” (${plural(finished.length, "seed")})`);
  return names.length === 0 ? [] : [`${what}: ${shortList(names)}.`];
}
