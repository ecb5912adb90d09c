import { modelFlagFields, trainingFlagFields } from "../config/flagNames.js";
import { type ModelConfig, modelConfig, modelDefaults } from "../config/model.js";
import { trainingConfig, trainingDefaults } from "../config/training.js";
import type { TrainOptions } from "./trainOptions.js";

/**
 * The `heed train` command that trains with `options`, as a POSIX shell takes it. What has its default, or follows from
 * others by default, is left out; so is how a run is kept.
 */
export function trainCommand(options: TrainOptions & { model: ModelConfig }): string {
  const { data, valData, valFraction, tokenizer, unknownToken, model, training = {}, backend, compiled, xla } = options;
  const { vocabSize, numHeads, hiddenDim } = model;
  const usualModel = { ...modelConfig({ vocabSize, numHeads, hiddenDim }), ...modelDefaults };
  const { minLearningRate, warmup } = trainingConfig({ steps: training.steps, learningRate: training.learningRate });
  const usualTraining = { ...trainingDefaults, minLearningRate, warmup };
  const texts = { data, "val-data": valData, "val-fraction": valFraction, tokenizer, "unknown-token": unknownToken };
  const words = [
    ...["npx", "heed", "train"],
    ...flagWords(texts, { tokenizer: "char", "unknown-token": false }),
    ...flagWords(byFlag(modelFlagFields, model), byFlag(modelFlagFields, usualModel)),
    ...flagWords(byFlag(trainingFlagFields, training), byFlag(trainingFlagFields, usualTraining)),
    ...flagWords({ backend, compile: compiled, xla, out: options.out }, { compile: true, xla: "auto" }),
  ];
  return words.map(quoted).join(" ");
}

type Values = Record<string, unknown>;

/** The fields of `config` by the names of their flags. */
function byFlag(fields: Record<string, string>, config: object): Values {
  return Object.fromEntries(Object.entries(fields).map(([flag, field]) => [flag, (config as Values)[field]]));
}

/** The flags that are given, and not by their defaults. */
function flagWords(given: Values, defaults: Values): string[] {
  return Object.entries(given).flatMap(([flag, value]) => {
    if (value === undefined || value === defaults[flag]) return [];
    if (typeof value === "boolean") return [value ? `--${flag}` : `--no-${flag}`];
    return [`--${flag}`, ...[value].flat().map(String)];
  });
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
