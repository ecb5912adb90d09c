import { basename, join, resolve } from "node:path";
import { modelConfig, modelDefaults } from "../../config/model.js";
import { trainingConfig, trainingDefaults } from "../../config/training.js";
import type { ReportRun } from "./readRun.js";
import { flagOf, type SettingValue } from "./settings.js";

/** The warm-up's default depends on the steps. */
const { warmup: _, ...plainDefaults } = trainingDefaults;

/**
 * The command that repeats a run: its sweep's word, else made of what run.json says, with the flags that differ from
 * their defaults, into a folder beside the run's.
 */
export function commandOf({ record, folder, command }: ReportRun): string {
  if (command !== undefined) return command;
  const {
    model,
    training,
    data,
    valData,
    valFraction,
    tokenizer,
    unknownToken,
    backend,
    compiled = true,
    xla,
  } = record;
  const { numHeads, hiddenDim } = model;
  const { steps, learningRate } = training;
  // Defaults that follow from others, such as the feed-forward's width, follow from this run's.
  const usualModel = { ...modelConfig({ vocabSize: model.vocabSize, numHeads, hiddenDim }), ...modelDefaults };
  const usualTraining = { ...trainingConfig({ steps, learningRate }), ...plainDefaults };
  const words = [
    ...["npx", "heed", "train", "--data", ...data],
    ...(valData ? ["--val-data", ...valData] : []),
    ...(valFraction === undefined ? [] : ["--val-fraction", String(valFraction)]),
    ...(tokenizer === "char" ? [] : ["--tokenizer", tokenizer]),
    ...(unknownToken ? ["--unknown-token"] : []),
    ...changed(model, usualModel),
    ...changed(training, usualTraining),
    ...["--backend", backend, ...(compiled ? [] : ["--no-compile"]), ...(xla === "on" ? ["--xla", "on"] : [])],
    ...["--out", besides(folder)],
  ];
  return words.map(quoted).join(" ");
}

/** `models/a-again` of `models/a`; of `.` that of the name that the folder has. */
function besides(folder: string): string {
  const isNamed = !/^\.{1,2}$/.test(basename(folder));
  return `${isNamed ? folder : join(folder, "..", basename(resolve(folder)))}-again`;
}

/** Flags of the fields in which `config` differs from `byDefault`. */
function changed(config: object, byDefault: object): string[] {
  const fields = Object.entries(config).filter(
    ([field, value]) => (byDefault as Record<string, unknown>)[field] !== value,
  );
  return fields.flatMap(([field, value]) => flagWords(flagOf(field), value as SettingValue));
}

function flagWords(flag: string, value: SettingValue): string[] {
  if (typeof value === "boolean") return [value ? `--${flag}` : `--no-${flag}`];
  return [`--${flag}`, String(value)];
}

/** A word as a POSIX shell takes it. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_./=,:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
