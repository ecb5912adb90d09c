import { totalmem } from "node:os";
import { capabilities } from "../backends/capabilities.js";
import type { ActiveBackend } from "../backends/choose.js";
import type { ModelConfig } from "../config/model.js";
import type { TrainingConfig } from "../config/training.js";
import { readMachine } from "../core/machine.js";
import type { Corpus } from "../dataset/corpus.js";
import { evaluationWindows } from "../dataset/sampler.js";
import { forwardFlopsPerToken, type ParameterCounts, parameterCounts, trainingFlopsPerToken } from "../model/count.js";
import { describeLayers, type LayerDescription } from "../model/describe.js";
import { type InferenceMemory, inferenceMemory, type TrainingMemory, trainingMemory } from "../model/memory.js";
import { optimizers } from "../optimizers/optimizers.js";
import type { StepOptions } from "../training/step.js";
import { type StepTiming, secondsOfTraining, timeSteps } from "./timeSteps.js";

/** What a model is made of, and what training and using it take. Memory is in bytes. */
export interface ModelSummary {
  model: ModelConfig;
  training: TrainingConfig;
  backend: ActiveBackend;
  /** Whether a training step runs as one graph. */
  compiled: boolean;
  layers: LayerDescription[];
  parameters: ParameterCounts;
  memory: {
    /** What this process held before it timed steps: Node.js, heed, the backend and the texts. */
    process: number;
    training: TrainingMemory;
    inference: InferenceMemory;
  };
  /** Floating-point operations of matrix products. */
  flops: { forwardPerToken: number; trainingPerToken: number; step: number };
  /** Steps left to do, and the tokens they train on. */
  steps: number;
  tokens: number;
  data?: TrainingTexts & {
    /** How often the steps go through the training text. */
    epochs: number;
  };
  /** Measured with a few steps; `seconds` is for the steps left to do and their validations. */
  timing?: StepTiming & { seconds: number };
  /** What the user should know, a line each. */
  notes: string[];
}

/** The texts of a training. */
export interface TrainingTexts {
  /** Tokens to train on and to validate on. */
  train: number;
  validation: number;
  /** Batches of a validation. */
  evalBatches: number;
  /** Steps done by earlier runs. */
  stepsDone: number;
}

export interface SummaryOptions {
  /** Whether to time a few steps. @default true */
  timing?: boolean;
  /** Called before steps are timed, which takes seconds. */
  onTiming?(): void;
}

/** What a summary is of. */
export interface SummarySubject {
  model: ModelConfig;
  training: TrainingConfig;
  backend: ActiveBackend;
  data?: TrainingTexts;
  notes: string[];
}

/** What a summary says of the texts of a training. */
export function trainingTexts(
  { train, validation }: Pick<Corpus, "train" | "validation">,
  { model, training, stepsDone }: Pick<SummarySubject, "model" | "training"> & { stepsDone: number },
): TrainingTexts {
  const { evalBatches: batches, batchSize } = training;
  const { contextLength } = model;
  const windows = validation ? evaluationWindows(validation, { batches, batchSize, contextLength }) : [];
  return { train: train.length, validation: validation?.length ?? 0, evalBatches: windows.length, stepsDone };
}

/** The summary of a model, with the speed of the backend in use. */
export async function summarizeModel(
  { model, training, backend, data, notes }: SummarySubject,
  { compiled: mayCompile = true, xla }: StepOptions,
  { timing: timed = true, onTiming }: SummaryOptions = {},
): Promise<ModelSummary> {
  const held = process.memoryUsage.rss();
  const steps = training.steps - (data?.stepsDone ?? 0);
  const tokensPerStep = training.batchSize * training.gradAccum * model.contextLength;
  const tokens = steps * tokensPerStep;
  const memory = {
    process: held,
    training: trainingMemory(model, training, optimizers[training.optimizer].stateShapes),
    inference: inferenceMemory(model),
  };
  const tooLarge = tooLargeNotes(held + memory.training.total);
  const compiled = mayCompile && capabilities().graphs;
  const perToken = trainingFlopsPerToken(model);
  const summary: ModelSummary = {
    model,
    training,
    backend,
    compiled,
    layers: describeLayers(model, training.batchSize),
    parameters: parameterCounts(model),
    memory,
    flops: { forwardPerToken: forwardFlopsPerToken(model), trainingPerToken: perToken, step: perToken * tokensPerStep },
    steps,
    tokens,
    ...(data && { data: { ...data, epochs: tokens / data.train } }),
    notes: [...notes, ...tooLarge],
  };
  if (!timed || tooLarge.length > 0) return summary;
  onTiming?.();
  const { cores, loadBefore } = readMachine();
  const timing = await timeSteps(model, training, { compiled, xla });
  const evalBatches = data?.evalBatches ?? training.evalBatches;
  const seconds = secondsOfTraining(timing, { steps, evalEvery: training.evalEvery, evalBatches });
  if (loadBefore > cores / 2) summary.notes.push("the machine was busy while steps were timed: training may be faster");
  return { ...summary, timing: { ...timing, seconds } };
}

function tooLargeNotes(needed: number): string[] {
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  if (needed <= totalmem()) return [];
  return [
    `training needs more than ${gigabytes(needed)}, and this machine has ${gigabytes(totalmem())}: ` +
      "no step was timed (try a smaller model)",
  ];
}
