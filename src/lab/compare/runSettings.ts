import { basename } from "node:path";
import { type ModelConfig, modelFields } from "../../config/model.js";
import { type TrainingConfig, trainingConfig, trainingFields } from "../../config/training.js";
import { trainingFlopsPerToken } from "../../model/count.js";
import type { SettingValue } from "../sweep/trialSettings.js";
import type { ReportRun } from "./readRun.js";

/** A run's settings by the names of the flags that set them. */
export type RunSettings = Readonly<Record<string, SettingValue>>;

const rows = new Map(Object.entries({ ...modelFields, ...trainingFields }));

/** In plain words, what a reader may not know from the flag. */
const meanings = new Map(
  [...rows.values()].map(({ flag, help }) => [flag, help.charAt(0).toLowerCase() + help.slice(1)]),
).set("data", "training text");

/** `hiddenDim` is `dim`, `weightDecay` is `weight-decay`. */
export const flagOf = (field: string): string => rows.get(field)?.flag ?? field;

export const meaningOf = (setting: string): string | undefined => meanings.get(setting);

/** Shape first, then training, data and backend: the order in which labels name them. */
export function settingsOf({ record }: ReportRun): RunSettings {
  const { model, training, files, backend } = record;
  const { numLayers, hiddenDim, numHeads, ...shape } = model;
  const ordered = { numLayers, hiddenDim, numHeads, ...shape, ...training };
  const fields = Object.entries(ordered).filter(([field]) => rows.get(field)?.sweep !== undefined);
  const texts = files.filter(({ split }) => split === "train");
  const data = texts.map(({ path, sha256 }) => `${basename(path)} (${sha256.slice(0, 8)})`).join(" ");
  return { ...Object.fromEntries(fields.map(([field, value]) => [flagOf(field), value])), data, backend };
}

export interface Variation {
  /** Settings that tell groups of runs apart, in the order of labels. */
  keys: string[];
  /** Settings that differ only as a consequence of others, and why. */
  implied: { setting: string; because: string }[];
}

/** Which settings differ between `runs`, seeds aside. */
export function variationOf(runs: readonly ReportRun[]): Variation {
  const all = runs.map((run) => settingsOf(run));
  const names = [...new Set(all.flatMap((settings) => Object.keys(settings)))];
  const varying = names.filter((name) => new Set(all.map((settings) => settings[name])).size > 1);
  const implied = varying.flatMap((setting) => {
    const because = consequence(setting, runs);
    return because === undefined ? [] : [{ setting, because }];
  });
  return { keys: varying.filter((name) => !implied.some(({ setting }) => setting === name)), implied };
}

/** Why `setting` has in every run the value that follows from others; undefined if it does not. */
function consequence(setting: string, runs: readonly ReportRun[]): string | undefined {
  const every = (holds: (model: ModelConfig, training: TrainingConfig) => boolean) =>
    runs.every(({ record }) => holds(record.model, record.training));
  if (setting === "ff-dim" && every((m) => m.intermediateDim === 4 * m.hiddenDim)) return "it is 4 × dim";
  if (setting === "min-lr" && every((_, t) => t.minLearningRate === t.learningRate / 10)) return "it is a tenth of lr";
  if (setting === "warmup" && every((_, t) => t.warmup === trainingConfig({ steps: t.steps }).warmup)) {
    return "it is at most a tenth of the steps";
  }
  if (setting !== "steps") return undefined;
  const [budget] = runs.map((run) => run.budget);
  if (budget !== undefined && runs.every((run) => run.budget === budget)) return `the sweep gave every run ${budget}`;
  const tokens = runs.map(tokensAsked);
  if (new Set(tokens).size === 1) return "every run was given the same number of tokens";
  const flops = runs.map((run, i) => tokens[i]! * trainingFlopsPerToken(run.record.model));
  const same = Math.max(...flops) <= 1.02 * Math.min(...flops); // budgets end with whole steps
  return same ? "every run was given the same number of FLOPs" : undefined;
}

const tokensAsked = ({ record: { model, training } }: ReportRun): number =>
  training.steps * training.batchSize * training.gradAccum * model.contextLength;

/** `heads 4, lr 0.003`; for no settings, "all runs". */
export function labelOf(settings: RunSettings, keys: readonly string[]): string {
  return keys.map((key) => `${key} ${showValue(settings[key]!)}`).join(", ") || "all runs";
}

/** A value as tables show it: `128`, `0.0003`, `on`; with enough digits to show what differs, rounding errors aside. */
export function showValue(value: SettingValue): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return typeof value === "number" ? String(Number(value.toPrecision(12))) : value;
}

/** Numbers by size, then texts by letter. */
export function compareValues(a: SettingValue, b: SettingValue): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [x, y] = [String(a), String(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
