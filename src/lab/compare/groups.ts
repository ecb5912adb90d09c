import { median } from "../../core/statistics.js";
import { type BySeed, type Summary, summarize } from "../../core/tTests.js";
import { parameterCounts, trainingFlopsPerToken } from "../../model/count.js";
import { isFinished, type ReportRun } from "./readRun.js";
import { compareValues, labelOf, type RunSettings, settingsOf } from "./runSettings.js";

/** Runs of the same settings, which differ in their seeds. */
export interface Group {
  label: string;
  settings: RunSettings;
  /** By seed. */
  runs: ReportRun[];
  /** The finished of `runs`, one a seed: the ones that figures are made of. */
  finished: ReportRun[];
  parameters: ReturnType<typeof parameterCounts>;
  flopsPerToken: number;
}

/** The groups of `runs` by the settings `keys`, in the order of their values. */
export function groupRuns(runs: readonly ReportRun[], keys: readonly string[]): Group[] {
  const groups = new Map<string, Group>();
  for (const run of runs) {
    const settings = settingsOf(run);
    const values = JSON.stringify(keys.map((key) => settings[key]));
    const { model } = run.record;
    const [parameters, flopsPerToken] = [parameterCounts(model), trainingFlopsPerToken(model)];
    const group = groups.get(values) ?? {
      label: labelOf(settings, keys),
      settings,
      runs: [],
      finished: [],
      parameters,
      flopsPerToken,
    };
    group.runs.push(run);
    groups.set(values, group);
  }
  for (const group of groups.values()) {
    group.runs.sort((a, b) => seedOf(a) - seedOf(b));
    const done = group.runs.filter(isFinished);
    group.finished = done.filter((run, i) => done.findIndex((other) => seedOf(other) === seedOf(run)) === i);
  }
  return [...groups.values()].sort((a, b) => {
    const unequal = keys.find((key) => a.settings[key] !== b.settings[key]);
    return unequal === undefined ? 0 : compareValues(a.settings[unequal]!, b.settings[unequal]!);
  });
}

export const seedOf = (run: ReportRun): number => run.record.training.seed;

/** A number of each run, by which groups are compared. */
export type Measure = (run: ReportRun) => number;

/** Validation loss after the last step, in nats per token. */
export const finalLoss: Measure = ({ points }) => points.at(-1)!.valLoss!;

/** The smallest validation loss, in nats per token. */
export const bestLoss: Measure = ({ points }) => Math.min(...points.map(({ valLoss }) => valLoss ?? Infinity));

/** The median over the run, its first step aside, which is slow because the graph is made. */
export const speed: Measure = ({ points }) =>
  median((points.length > 1 ? points.slice(1) : points).map(({ tokensPerSecond }) => tokensPerSecond));

/** Of the finished runs of `group`, by seed. */
export function bySeed({ finished }: Group, measure: Measure): BySeed {
  return new Map(finished.map((run) => [seedOf(run), measure(run)]));
}

/** Undefined while no run of `group` is finished. */
export function summaryOf({ finished }: Group, measure: Measure): Summary | undefined {
  return finished.length === 0 ? undefined : summarize(finished.map(measure));
}
