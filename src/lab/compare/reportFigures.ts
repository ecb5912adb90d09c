import type { Judged, Summary } from "../../core/tTests.js";
import type { SettingValue } from "../sweep/trialSettings.js";
import type { Analysis } from "./analysis.js";
import { commandOf } from "./command.js";
import { bitsPerWord, type Floor } from "./floor.js";
import { bestLoss, bySeed, finalLoss, type Group, type Measure, seedOf, speed, summaryOf } from "./groups.js";
import { isFinished } from "./readRun.js";

/** What a report shows, as plain values; losses in nats per token. */
export interface ReportFigures {
  /** Names of the settings that differ. */
  settings: string[];
  floor?: Floor;
  groups: GroupFigures[];
  /** For each setting, every pair of its values. */
  effects: {
    setting: string;
    with: string[];
    changes: { from: string; to: string; among: number; change?: Judged }[];
  }[];
  runs: {
    folder: string;
    seed: number;
    settings: Record<string, SettingValue>;
    step: number;
    finished: boolean;
    command: string;
  }[];
  notes: string[];
  failures: { name: string; error: string }[];
}

export interface GroupFigures {
  settings: Record<string, SettingValue>;
  /** Of the finished runs. */
  seeds: number[];
  /** Undefined where no run is finished. */
  finalLoss?: Summary;
  bestLoss?: Summary;
  tokensPerSecond?: Summary;
  bitsPerWord?: number;
  bitsPerWordAboveFloor?: number;
  parameters: Group["parameters"];
  flopsPerToken: number;
  best: boolean;
  /** From the best to this one. */
  change?: Judged;
}

export function figuresOf(analysis: Analysis): ReportFigures {
  const { keys, chosen, every, groups, floor, effects, notes, failures } = analysis;
  const named = ({ settings }: Group) => Object.fromEntries([...keys, ...chosen].map((key) => [key, settings[key]!]));
  const runs = every.flatMap((group) =>
    group.runs.map((run) => ({
      folder: run.folder,
      seed: seedOf(run),
      settings: named(group),
      step: run.points.at(-1)!.step,
      finished: isFinished(run),
      command: commandOf(run),
    })),
  );
  const each = groups.map((group) => ({ settings: named(group), ...groupFigures(group, analysis) }));
  return { settings: keys, ...(floor && { floor }), groups: each, effects, runs, notes, failures };
}

function groupFigures(group: Group, { floor, best, changes }: Analysis): Omit<GroupFigures, "settings"> {
  const summary = (measure: Measure) => summaryOf(group, measure);
  const final = summary(finalLoss);
  const bits = floor && final && bitsPerWord(final.mean, floor);
  const change = changes.get(group)?.change;
  return {
    seeds: [...bySeed(group, finalLoss).keys()],
    ...(final && { finalLoss: final, bestLoss: summary(bestLoss), tokensPerSecond: summary(speed) }),
    ...(floor && bits && { bitsPerWord: bits, bitsPerWordAboveFloor: bits - floor.bitsPerWord }),
    parameters: group.parameters,
    flopsPerToken: group.flopsPerToken,
    best: group === best,
    ...(change && { change }),
  };
}
