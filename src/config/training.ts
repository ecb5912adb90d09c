import { definedFields, requireInteger, requireOneOf, requirePositive, requireRange } from "../core/checks.js";
import { ConfigError } from "../core/errors.js";

export const precisionKinds = ["float32", "bfloat16"] as const;
export type PrecisionKind = (typeof precisionKinds)[number];

/** How a model is trained: the optimizer, its schedule, and how often to look and to save. */
export interface TrainingConfig {
  /** Weight updates in all. @default 2000 */
  steps: number;
  /** Sequences in a step, `B`. @default 12 */
  batchSize: number;
  /** Batches whose gradients are averaged for one update. @default 1 */
  gradAccum: number;
  /** Highest learning rate, reached after the warm-up. @default 1e-3 */
  learningRate: number;
  /** Learning rate at the last step. @default learningRate / 10 */
  minLearningRate: number;
  /** Steps of linear rise before the cosine fall. @default 100, at most a tenth of the steps */
  warmup: number;
  /** Decay of matrices (never of gains and biases). @default 0.1 */
  weightDecay: number;
  /** Memory of the gradient's mean. @default 0.9 */
  beta1: number;
  /** Memory of the gradient's square. @default 0.99 */
  beta2: number;
  /** Largest global norm of the gradients; 0 turns clipping off. @default 1 */
  clip: number;
  /** Steps between validations; 0 validates at the end only. @default 250 */
  evalEvery: number;
  /** Batches of a validation. @default 20 */
  evalBatches: number;
  /** Steps between checkpoints; 0 saves at the end only. @default 500 */
  saveEvery: number;
  /** Steps between samples of text; 0 for none. @default 0 */
  sampleEvery: number;
  /** What matrix products are worked in; everything else is float32. @default "float32" */
  precision: PrecisionKind;
  /** Seed of the initial weights, the batches and the dropout. @default 1337 */
  seed: number;
}

export const trainingDefaults = {
  steps: 2000,
  batchSize: 12,
  gradAccum: 1,
  learningRate: 1e-3,
  warmup: 100,
  weightDecay: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  clip: 1,
  evalEvery: 250,
  evalBatches: 20,
  saveEvery: 500,
  sampleEvery: 0,
  precision: "float32",
  seed: 1337,
} as const satisfies Partial<TrainingConfig>;

/**
 * A complete, checked TrainingConfig from the fields given; defaults fill the rest.
 *
 * @throws ConfigError naming the field, its rule and the value received.
 */
export function trainingConfig(given: Partial<TrainingConfig> = {}): TrainingConfig {
  const c = { ...trainingDefaults, ...definedFields(given) };
  const learningRate = requirePositive("learningRate", c.learningRate);
  const minLearningRate = requireRange("minLearningRate", c.minLearningRate ?? learningRate / 10, 0, Infinity);
  if (minLearningRate > learningRate) {
    throw new ConfigError(`minLearningRate must be at most learningRate: got ${minLearningRate} and ${learningRate}`);
  }
  const steps = requireInteger("steps", c.steps, 1, 1e9);
  return {
    steps,
    batchSize: requireInteger("batchSize", c.batchSize, 1, 65_536),
    gradAccum: requireInteger("gradAccum", c.gradAccum, 1, 65_536),
    learningRate,
    minLearningRate,
    warmup: requireInteger("warmup", given.warmup ?? Math.min(c.warmup, Math.floor(steps / 10)), 0),
    weightDecay: requireRange("weightDecay", c.weightDecay, 0, Infinity),
    beta1: requireRange("beta1", c.beta1, 0, 0.9999999),
    beta2: requireRange("beta2", c.beta2, 0, 0.9999999),
    clip: requireRange("clip", c.clip, 0, Infinity),
    evalEvery: requireInteger("evalEvery", c.evalEvery, 0),
    evalBatches: requireInteger("evalBatches", c.evalBatches, 1, 1_000_000),
    saveEvery: requireInteger("saveEvery", c.saveEvery, 0),
    sampleEvery: requireInteger("sampleEvery", c.sampleEvery, 0),
    precision: requireOneOf("precision", c.precision, precisionKinds),
    seed: requireInteger("seed", c.seed, 0, 2 ** 31 - 1),
  };
}
