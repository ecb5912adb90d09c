import { summarize } from "../../core/tTests.js";
import { chooseBest, fewSeeds } from "./bestOf.js";
import { doubts, requireComparable } from "./comparable.js";
import { againstBest, type Change, type Effect, effectsOf } from "./differences.js";
import { type FoundRuns, findRuns } from "./findRuns.js";
import { type Floor, floorOf } from "./floor.js";
import { bySeed, finalLoss, type Group, groupRuns, seedOf } from "./groups.js";
import { isFinished, type ReportRun } from "./readRun.js";
import { type Variation, variationOf } from "./runSettings.js";

/** Everything that a report shows. */
export interface Analysis extends FoundRuns, Variation {
  /** All runs by all settings that differ. */
  every: Group[];
  /** Those that are compared. */
  groups: Group[];
  /** Settings of which only the best value is compared. */
  chosen: string[];
  /** The group of the smallest mean final loss; undefined while no run is finished. */
  best: Group | undefined;
  /** From `best` to each other group. */
  changes: Map<Group, Change>;
  /** `keys`, those first whose values differ most in their mean final loss. */
  ranked: string[];
  effects: Effect[];
  floor: Floor | undefined;
}

/**
 * Reads and compares runs.
 *
 * @throws ConfigError or CheckpointError as `findRuns` and `requireComparable` say.
 */
export async function analyze(folders: readonly string[]): Promise<Analysis> {
  const found = findRuns(folders);
  const { runs } = found;
  requireComparable(runs);
  const { keys: varied, implied } = variationOf(runs);
  const every = groupRuns(runs, varied);
  const { groups, keys, chosen, notes: choice } = chooseBest(every, varied, found.bestOf);
  const { floor, note } = await floorOf(runs);
  const choices = [...choice, ...fewSeeds(groups)];
  const about = [...runs.flatMap(unfinished), ...every.flatMap(repeated), ...doubts(runs), ...(note ? [note] : [])];
  const [effects, ranked] = [effectsOf(groups, keys), rank(groups, keys)];
  const compared = { keys, chosen, groups, ...againstBest(groups), ranked, effects };
  return { ...found, every, implied, ...compared, floor, notes: [...choices, ...found.notes, ...about] };
}

/** By how far apart the mean final losses of a setting's values are. */
function rank(groups: readonly Group[], keys: readonly string[]): string[] {
  const rangeOf = (key: string) => {
    const means = [...new Set(groups.map(({ settings }) => settings[key]!))].flatMap((value) => {
      const losses = groups
        .filter(({ settings }) => settings[key] === value)
        .flatMap((g) => [...bySeed(g, finalLoss).values()]);
      return losses.length > 0 ? [summarize(losses).mean] : [];
    });
    return Math.max(...means) - Math.min(...means);
  };
  const ranges = new Map(keys.map((key) => [key, rangeOf(key)]));
  return [...keys].sort((a, b) => (ranges.get(b)! || 0) - (ranges.get(a)! || 0));
}

function unfinished(run: ReportRun): string[] {
  if (isFinished(run)) return [];
  const reason = run.ended === undefined ? "" : ` (${run.ended})`;
  const { step } = run.points.at(-1)!;
  return [
    `${run.folder} stands at step ${step} of ${run.record.training.steps}${reason}: its curve is shown, but it counts in no mean.`,
  ];
}

function repeated({ runs, finished }: Group): string[] {
  const again = runs.filter((run) => isFinished(run) && !finished.includes(run));
  return again.map((run) => {
    const first = finished.find((other) => seedOf(other) === seedOf(run))!;
    return `${run.folder} has the settings and the seed of ${first.folder}, so it counts in no mean.`;
  });
}
