import { ConfigError } from "../core/errors.js";
import { type ConfigOf, choice, completeConfig, integer, number } from "./fields.js";

export const precisionKinds = ["float32", "bfloat16"] as const;
export type PrecisionKind = (typeof precisionKinds)[number];

export const optimizerKinds = ["adamw", "sgd"] as const;
export type OptimizerKind = (typeof optimizerKinds)[number];

/** How a model is trained: the optimizer, its schedule, and how often to look and to save. */
export const trainingFields = {
  steps: integer({
    flag: "steps",
    help: "Weight updates in all",
    default: 3000,
    most: 1e9,
    sweep: "linear",
    resumable: true,
  }),
  /** `B` */
  batchSize: integer({ flag: "batch", help: "Sequences in a step", default: 16, most: 65_536, sweep: "linear" }),
  gradAccum: integer({
    flag: "grad-accum",
    help: "Batches whose gradients are averaged for one update",
    default: 1,
    most: 65_536,
    sweep: "linear",
  }),
  learningRate: number({
    flag: "lr",
    help: "Highest learning rate, reached after the warm-up",
    default: 4e-3,
    above: true,
    most: 1000,
    sweep: "log",
  }),
  minLearningRate: number({
    flag: "min-lr",
    help: "Learning rate at the last step",
    default: 0,
    sweep: "log",
  }),
  warmup: integer({
    flag: "warmup",
    help: "Steps of rising learning rate, before the cosine fall",
    default: ({ steps }) => Math.min(100, Math.floor(steps / 10)),
    defaultText: "100, at most a tenth of the steps",
    least: 0,
    most: 1e9,
    sweep: "linear",
  }),
  optimizer: choice<OptimizerKind>({
    flag: "optimizer",
    help: "How gradients move the weights",
    choices: optimizerKinds,
    default: "adamw",
    sweep: "linear",
  }),
  weightDecay: number({
    flag: "weight-decay",
    help: "Decay of matrices (never of gains and biases)",
    default: 0.1,
    sweep: "linear",
  }),
  beta1: number({
    flag: "beta1",
    help: "How much the mean of the gradient remembers",
    default: 0.9,
    most: 0.9999999,
    sweep: "linear",
  }),
  beta2: number({
    flag: "beta2",
    help: "How much the mean of its square remembers",
    default: 0.99,
    most: 0.9999999,
    sweep: "linear",
  }),
  momentum: number({
    flag: "momentum",
    help: "How much of its velocity sgd keeps",
    default: 0.9,
    most: 0.9999999,
    sweep: "linear",
  }),
  clip: number({
    flag: "clip",
    help: "Largest global norm of the gradients; 0 turns clipping off",
    default: 1,
    sweep: "linear",
  }),
  evalEvery: integer({
    flag: "eval-every",
    help: "Steps between validations; 0: at the end only",
    default: 250,
    least: 0,
    resumable: true,
  }),
  evalBatches: integer({
    flag: "eval-batches",
    help: "Batches of a validation",
    default: 20,
    most: 1_000_000,
    resumable: true,
  }),
  saveEvery: integer({
    flag: "save-every",
    help: "Steps between checkpoints; 0: at the end only",
    default: 500,
    least: 0,
    resumable: true,
  }),
  snapshots: integer({
    flag: "snapshots",
    help: "Copies of the weights to keep, from before the first step to the last, evenly spaced on a log scale",
    default: 0,
    least: 0,
    most: 10_000,
    resumable: true,
  }),
  sampleEvery: integer({
    flag: "sample-every",
    help: "Steps between samples of text; 0: none",
    default: 0,
    least: 0,
    resumable: true,
  }),
  precision: choice<PrecisionKind>({
    flag: "precision",
    help: "What matrix products are computed in; all else is float32",
    choices: precisionKinds,
    default: "float32",
    sweep: "linear",
  }),
  seed: integer({
    flag: "seed",
    help: "Seed of the initial weights, the batches and the dropout",
    default: 1337,
    least: 0,
    most: 2 ** 31 - 1,
  }),
};

export type TrainingConfig = ConfigOf<typeof trainingFields>;

/**
 * A complete, checked TrainingConfig from the fields given; defaults fill in the rest.
 *
 * @param where what the fields stand in, for errors
 * @throws ConfigError naming the field, its rule and the value received.
 */
export function trainingConfig(given: Partial<TrainingConfig> = {}, where?: string): TrainingConfig {
  const config = completeConfig(trainingFields, given, { where, what: "training" });
  const { learningRate, minLearningRate } = config;
  if (minLearningRate > learningRate) {
    throw new ConfigError({
      where,
      field: "minLearningRate",
      rule: `be at most {learningRate} ${learningRate}`,
      value: minLearningRate,
    });
  }
  const foreign = config.optimizer === "sgd" ? (["beta1", "beta2"] as const) : (["momentum"] as const);
  for (const field of foreign) {
    if (config[field] === trainingFields[field].default) continue;
    const other = config.optimizer === "sgd" ? "adamw" : "sgd";
    throw new ConfigError({
      where,
      field,
      rule: `come with {optimizer} ${other}, which it is for`,
      value: config[field],
    });
  }
  return config;
}

/** What a user should know about a config that keeps its rules, a line each. */
export function trainingNotes({ steps, warmup }: TrainingConfig): string[] {
  if (warmup < steps) return [];
  return [`the warm-up of ${warmup} steps is not over before the last of ${steps}: the learning rate never falls`];
}
