import { list } from "./format.js";
import { bestLoss, type Group, groupRuns, summaryOf } from "./groups.js";
import { labelOf, showValue } from "./settings.js";

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
 * For each combination of the other settings, the group whose values of `bestOf` gave the smallest mean best loss: so
 * shapes are compared each with the learning rate that suits it.
 */
export function chooseBest(all: readonly Group[], keys: readonly string[], bestOf: readonly string[]): Chosen {
  const chosen = keys.filter((key) => bestOf.includes(key));
  if (chosen.length === 0) return { groups: [...all], keys: [...keys], chosen, notes: [] };
  const left = keys.filter((key) => !chosen.includes(key));
  const best = new Map<string, Group>();
  for (const group of all) {
    const label = labelOf(group.settings, left);
    const known = best.get(label);
    if (!known || lossOf(group) < lossOf(known)) best.set(label, group);
  }
  const kept = [...best.values()];
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
    notes: [note],
  };
}

const lossOf = (group: Group): number => summaryOf(group, bestLoss)?.mean ?? Infinity;
