import { totalmem } from "node:os";
import type { ActiveBackend } from "../backends/choose.js";
import type { ModelConfig } from "../config/model.js";
import type { TrainingConfig } from "../config/training.js";
import type { Corpus } from "../dataset/corpus.js";
import { evaluationWindows } from "../dataset/sampler.js";
import { forwardFlopsPerToken, type ParameterCounts, parameterCounts, trainingFlopsPerToken } from "../model/count.js";
import { describeLayers, type LayerDescription } from "../model/describe.js";
import { executionOf } from "../model/execution.js";
import { type InferenceMemory, inferenceMemory, type TrainingMemory, trainingMemory } from "../model/memory.js";
import { type Calibration, calibration, isBusy } from "./estimate/calibration.js";
import { type Estimate, type EstimateOptions, estimate } from "./estimate/estimate.js";
import type { MeasureListeners } from "./estimate/measureSteps.js";

/** What a model is made of, and what training and using it take. Memory is in bytes. */
export interface ModelPage {
  model: ModelConfig;
  training: TrainingConfig;
  backend: ActiveBackend;
  /** Whether a training step runs as one graph. */
  compiled: boolean;
  layers: LayerDescription[];
  parameters: ParameterCounts;
  memory: {
    /** What this process holds already: Node, heed and the backend. */
    process: number;
    training: TrainingMemory;
    inference: InferenceMemory;
  };
  /** Floating-point operations of matrix products. */
  flops: { forwardPerToken: number; trainingPerToken: number; step: number };
  /** Steps that are to do, and the tokens they train on. */
  steps: number;
  tokens: number;
  data?: PageData;
  estimate?: Estimate & Pick<Calibration, "at" | "load">;
  /** What the user should know, a line each. */
  notes: string[];
}

/** The texts of a training. */
export interface PageData {
  /** Tokens to train on and to validate on. */
  train: number;
  validation: number;
  /** How often the steps go through the training text. */
  epochs: number;
  /** Steps done by earlier runs. */
  stepsDone: number;
}

export interface PageOptions extends MeasureListeners {
  /** Whether a step may run as one graph. @default true */
  compiled?: boolean;
  /** Whether to estimate the time, which measures this machine's speed once. @default true */
  estimate?: boolean;
  /** Whether to measure the speed though it is known. @default false */
  calibrate?: boolean;
  /** Where measured speeds are kept. @default heed's cache folder */
  cacheFolder?: string;
}

/** What there is to say of a model besides itself. */
export interface PageSubject {
  model: ModelConfig;
  training: TrainingConfig;
  backend: ActiveBackend;
  data?: Omit<PageData, "epochs"> & { evalBatches: number };
  notes: string[];
}

/** What a page has to know of the texts of a training. */
export function textsOf(
  { train, validation }: Pick<Corpus, "train" | "validation">,
  { model, training, stepsDone }: Pick<PageSubject, "model" | "training"> & { stepsDone: number },
): NonNullable<PageSubject["data"]> {
  const { evalBatches: batches, batchSize } = training;
  const { contextLength } = model;
  const windows = validation ? evaluationWindows(validation, { batches, batchSize, contextLength }) : [];
  return { train: train.length, validation: validation?.length ?? 0, stepsDone, evalBatches: windows.length };
}

/** The page of a model, on the backend in use. */
export async function modelPage(
  { model, training, backend, data, notes }: PageSubject,
  { compiled: mayCompile = true, estimate: timed = true, calibrate, cacheFolder, onProgress }: PageOptions = {},
): Promise<ModelPage> {
  const held = process.memoryUsage.rss(); // before measuring takes more
  const execution = executionOf(model, training.batchSize, mayCompile);
  const compiled = execution.graph;
  const steps = training.steps - (data?.stepsDone ?? 0);
  const tokensPerStep = training.batchSize * training.gradAccum * model.contextLength;
  const tokens = steps * tokensPerStep;
  const perToken = trainingFlopsPerToken(model);
  const measured = timed
    ? await calibration(
        { backend, compiled, precision: training.precision, anew: calibrate, cacheFolder },
        { onProgress },
      )
    : undefined;
  const memory = trainingMemory(model, training, execution);
  return {
    ...{ model, training, backend, compiled, steps, tokens },
    layers: describeLayers(model, training.batchSize),
    parameters: parameterCounts(model),
    memory: { process: held, training: memory, inference: inferenceMemory(model) },
    flops: { forwardPerToken: forwardFlopsPerToken(model), trainingPerToken: perToken, step: perToken * tokensPerStep },
    ...(data && { data: pageData(data, tokens) }),
    ...(measured && { estimate: timing(model, training, measured, { steps, evalBatches: data?.evalBatches }) }),
    notes: [...notes, ...memoryNotes(held + memory.total), ...busyNotes(measured)],
  };
}

function pageData({ train, validation, stepsDone }: Omit<PageData, "epochs">, tokens: number): PageData {
  return { train, validation, stepsDone, epochs: tokens / train };
}

function timing(
  model: ModelConfig,
  training: TrainingConfig,
  { costs, at, load }: Calibration,
  options: EstimateOptions,
): NonNullable<ModelPage["estimate"]> {
  return { ...estimate(model, training, costs, options), at, load };
}

function memoryNotes(needed: number): string[] {
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  return needed > totalmem()
    ? [`training may need ${gigabytes(needed)}, and this machine has ${gigabytes(totalmem())} (try a smaller --batch)`]
    : [];
}

function busyNotes(measured: Calibration | undefined): string[] {
  return measured && isBusy(measured)
    ? ["the machine was busy when its speed was measured: training may be faster (--calibrate measures it anew)"]
    : [];
}
