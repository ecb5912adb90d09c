import { mean } from "../../core/statistics.js";
import { type BySeed, type Difference, difference, type Judged, judge } from "../../core/tTests.js";
import { bestByMean } from "../sweep/ranking.js";
import type { SettingValue } from "../sweep/trialSettings.js";
import { bySeed, finalLoss, type Group, type Measure } from "./groups.js";
import { compareValues, showValue } from "./runSettings.js";

/** How the loss changes on the way from one to another. */
export interface Change {
  from: string;
  to: string;
  /** Undefined where there are too few seeds to say anything. */
  change?: Judged;
}

/** What one setting does to the final loss. */
export interface Effect {
  setting: string;
  /** Settings that have one value for each value of `setting`, so that the two can't be told apart. */
  with: string[];
  /** Every pair of values that are found with the same other settings. */
  changes: (Change & { /** In how many settings of the others. */ among: number })[];
}

/** The effect of each of the settings `keys`, each judged as a family of its own. */
export function effectsOf(groups: readonly Group[], keys: readonly string[]): Effect[] {
  const tied = new Map<string, string[]>(); // each key that is not tied to an earlier one, and those that are tied to it
  for (const key of keys) {
    const lead = [...tied.keys()].find((earlier) => isFunction(groups, earlier, key));
    if (lead === undefined) tied.set(key, []);
    else tied.get(lead)!.push(key);
  }
  return [...tied].map(([setting, followers]) => {
    const others = keys.filter((key) => key !== setting && !followers.includes(key));
    const pairs = valuePairs(groups, setting, others);
    const averages = pairs.map(({ contexts }) => changeAmong(contexts, finalLoss));
    const label = (group: Group) => [setting, ...followers].map((key) => show(group, key, setting)).join(", ");
    const named = pairs.map(({ contexts }, i) => ({
      from: label(contexts[0]![0]),
      to: label(contexts[0]![1]),
      among: averages[i]!.among,
    }));
    const values = averages.map(({ change }) => change);
    return { setting, with: followers, changes: withVerdicts(named, values) };
  });
}

/**
 * The group of the smallest mean final loss, and the change from it to each other, judged among all pairs of groups.
 */
export function againstBest(groups: readonly Group[]): { best: Group | undefined; changes: Map<Group, Change> } {
  const done = groups.filter(({ finished }) => finished.length > 0);
  const best = bestByMean(done, ({ finished }) => finished.map(finalLoss));
  if (!best) return { best, changes: new Map() };
  const pairs = [best, ...done.filter((group) => group !== best)].flatMap((a, i, all) =>
    all.slice(i + 1).map((b) => [a, b] as const),
  );
  const values = pairs.map(([a, b]) => difference(bySeed(b, finalLoss), bySeed(a, finalLoss)));
  const judged = withVerdicts(
    pairs.map(([a, b]) => ({ from: a.label, to: b.label })),
    values,
  );
  const own = judged.flatMap((change, i) => (pairs[i]![0] === best ? [[pairs[i]![1], change] as const] : []));
  return { best, changes: new Map(own) };
}

/** Whether groups of the same `key` always have the same `other`. */
function isFunction(groups: readonly Group[], key: string, other: string): boolean {
  const seen = new Map<SettingValue, SettingValue>();
  return groups.every(({ settings }) => {
    const value = seen.get(settings[key]!) ?? settings[other]!;
    seen.set(settings[key]!, value);
    return value === settings[other];
  });
}

const show = (group: Group, key: string, setting: string): string =>
  `${key === setting ? "" : `${key} `}${showValue(group.settings[key]!)}`;

interface ValuePair {
  /** The groups of the one and of the other value that agree in everything else. */
  contexts: [Group, Group][];
}

function valuePairs(groups: readonly Group[], setting: string, others: readonly string[]): ValuePair[] {
  const done = groups.filter(({ finished }) => finished.length > 0);
  const values = [...new Set(done.map(({ settings }) => settings[setting]!))].sort(compareValues);
  return values.flatMap((a, i) =>
    values.slice(i + 1).flatMap((b) => {
      const contexts = done
        .filter(({ settings }) => settings[setting] === a)
        .flatMap((one): [Group, Group][] => {
          const same = ({ settings }: Group) => others.every((key) => settings[key] === one.settings[key]);
          const other = done.find((group) => group.settings[setting] === b && same(group));
          return other ? [[one, other]] : [];
        });
      return contexts.length > 0 ? [{ contexts }] : [];
    }),
  );
}

/**
 * The change of `measure` from the first to the second of each pair, averaged over the pairs seed by seed: by the seeds
 * that all have, or, where these are fewer than two, over those that have the seeds of the pair with most.
 */
function changeAmong(contexts: readonly [Group, Group][], measure: Measure): { change?: Difference; among: number } {
  const samples = contexts.map(([a, b]) => [bySeed(a, measure), bySeed(b, measure)] as const);
  if (samples.length === 1) return { change: difference(samples[0]![1], samples[0]![0]), among: 1 };
  const shared = samples.map(([a, b]) => [...a.keys()].filter((seed) => b.has(seed)));
  const common = shared[0]!.filter((seed) => shared.every((each) => each.includes(seed)));
  const longest = shared.reduce((most, each) => (each.length > most.length ? each : most));
  const seeds = common.length >= 2 ? common : longest;
  const whole = samples.filter((_, i) => seeds.every((seed) => shared[i]!.includes(seed)));
  const average = (side: 0 | 1): BySeed =>
    new Map(seeds.map((seed) => [seed, mean(whole.map((sample) => sample[side].get(seed)!))]));
  return { change: seeds.length < 2 ? undefined : difference(average(1), average(0)), among: whole.length };
}

function withVerdicts<T extends object>(
  named: readonly T[],
  values: readonly (Difference | undefined)[],
): (T & { change?: Judged })[] {
  const judged = judge(values.filter((value) => value !== undefined));
  return named.map((each, i) => (values[i] ? { ...each, change: judged.shift()! } : each));
}
