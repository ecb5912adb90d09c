import type { Options } from "yargs";
import { backendChoices } from "../../src/backends/choose.js";
import { modelFlagFields, trainingFlagFields } from "../../src/config/flagNames.js";
import { activationKinds, type ModelConfig, modelDefaults, positionKinds } from "../../src/config/model.js";
import { precisionKinds, type TrainingConfig, trainingDefaults } from "../../src/config/training.js";
import { ConfigError } from "../../src/core/errors.js";

/** A flag that takes one number. Whether it fits is for the library to say. */
export function numberFlag(flag: string, describe: string, byDefault?: number | string): Options {
  const coerce = (given: unknown) => {
    const text = last(given);
    if (text === undefined) return undefined;
    const value = typeof text === "string" && text.trim() !== "" ? Number(text) : Number.NaN;
    if (Number.isNaN(value)) throw new ConfigError(`--${flag} must be a number: got ${JSON.stringify(text)}`);
    return value;
  };
  return { type: numberType, requiresArg: true, describe, ...defaultsTo(byDefault), coerce };
}

/** Parsed as text: yargs would turn "many" into NaN before a message can quote it. Help says what it is. */
const numberType = process.argv.includes("--help") ? "number" : "string";

export function textFlag(describe: string, byDefault?: string): Options {
  return { type: "string", requiresArg: true, describe, ...defaultsTo(byDefault), coerce: last };
}

/** Of a flag that is given several times the last counts, unless it takes several values. */
function last(given: unknown): unknown {
  return Array.isArray(given) ? given.at(-1) : given;
}

export function choiceFlag(describe: string, choices: readonly string[], byDefault?: string): Options {
  return textFlag(`${describe}: ${choices.join(", ")}`, byDefault);
}

export function switchFlag(describe: string, byDefault?: boolean): Options {
  return { type: "boolean", describe, ...defaultsTo(byDefault), coerce: last };
}

/** The library applies defaults, so that a flag left out is told from one that is given; help states them. */
function defaultsTo(byDefault: unknown): Options {
  return byDefault === undefined ? {} : { defaultDescription: String(byDefault) };
}

export const backendFlag = choiceFlag("What computes", backendChoices, "auto");

export const modelFlags: Record<string, Options> = {
  layers: numberFlag("layers", "Decoder blocks", modelDefaults.numLayers),
  heads: numberFlag("heads", "Attention heads; divides --dim", modelDefaults.numHeads),
  dim: numberFlag("dim", "Width of the residual stream", modelDefaults.hiddenDim),
  "ff-dim": numberFlag("ff-dim", "Width inside the feed-forward", "4 x dim"),
  context: numberFlag("context", "Tokens the model can see", modelDefaults.contextLength),
  positions: choiceFlag("How the model knows the order of tokens", positionKinds, modelDefaults.positions),
  activation: choiceFlag("The feed-forward's non-linearity", activationKinds, modelDefaults.activation),
  bias: switchFlag("Whether projections and norms add a bias", modelDefaults.bias),
  tie: switchFlag("Whether the output projection is the token embedding", modelDefaults.tie),
  dropout: numberFlag("dropout", "Share of activations zeroed while training", modelDefaults.dropout),
};

const d = trainingDefaults;
export const trainingFlags: Record<string, Options> = {
  steps: numberFlag("steps", "Weight updates in all", d.steps),
  batch: numberFlag("batch", "Sequences in a step", d.batchSize),
  "grad-accum": numberFlag("grad-accum", "Batches averaged for one update", d.gradAccum),
  lr: numberFlag("lr", "Highest learning rate", d.learningRate),
  "min-lr": numberFlag("min-lr", "Learning rate at the end", "lr / 10"),
  warmup: numberFlag("warmup", "Steps of rising learning rate", `${d.warmup}, at most a tenth of the steps`),
  "weight-decay": numberFlag("weight-decay", "Decay of matrices", d.weightDecay),
  beta1: numberFlag("beta1", "AdamW's memory of the gradient", d.beta1),
  beta2: numberFlag("beta2", "AdamW's memory of its square", d.beta2),
  clip: numberFlag("clip", "Largest global norm of the gradients; 0 for none", d.clip),
  "eval-every": numberFlag("eval-every", "Steps between validations; 0: at the end only", d.evalEvery),
  "eval-batches": numberFlag("eval-batches", "Batches of a validation", d.evalBatches),
  "save-every": numberFlag("save-every", "Steps between checkpoints; 0: at the end only", d.saveEvery),
  "sample-every": numberFlag("sample-every", "Steps between samples of text; 0 for none", d.sampleEvery),
  precision: choiceFlag("What matrix products are worked in", precisionKinds, d.precision),
  seed: numberFlag("seed", "Seed of weights, batches and dropout", d.seed),
};

type Flags = Record<string, unknown>;

/** The fields of the model's shape that were given as flags. */
export function modelFields(flags: Flags): Partial<ModelConfig> {
  return fieldsOf(flags, modelFlagFields);
}

/** The fields of the training that were given as flags. */
export function trainingFields(flags: Flags): Partial<TrainingConfig> {
  return fieldsOf(flags, trainingFlagFields);
}

function fieldsOf(flags: Flags, names: Record<string, string>): Record<string, never> {
  const given = Object.entries(names).filter(([flag]) => flagValue(flags, flag) !== undefined);
  return Object.fromEntries(given.map(([flag, field]) => [field, flagValue(flags, flag) as never]));
}

/** The value of `--some-flag`, which yargs calls someFlag. */
export function flagValue(flags: Flags, flag: string): unknown {
  return flags[flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
}

/** `--layers` for numLayers. */
export function flagOfField(field: string): string | undefined {
  const all = Object.entries({ ...modelFlagFields, ...trainingFlagFields, ...otherFields });
  const flag = all.find(([, name]) => name === field)?.[0];
  return flag && `--${flag}`;
}

const otherFields = {
  "max-new-tokens": "maxNewTokens",
  temperature: "temperature",
  "top-k": "topK",
  "top-p": "topP",
  "min-p": "minP",
  "repetition-penalty": "repetitionPenalty",
  stop: "stop",
  "num-samples": "numSamples",
  "val-fraction": "valFraction",
  "vocab-size": "vocabSize",
  backend: "backend",
  keep: "keep",
  stride: "stride",
};
