import type { ModelConfig } from "../config/model.js";
import type { PagePrecision } from "../config/pageFields.js";
import type { JsonObject } from "../core/strictJson.js";

/** What a page carries, as JSON: all that the browser needs to run its models. */
export interface Payload {
  /** The version of heed that wrote it. */
  heed: string;
  /** One model, or two that are compared. */
  models: PageModel[];
  /** Texts to look at, the first one at once; every model's tokenizer knows them. */
  texts: string[];
}

export interface PageModel {
  /** What it is called: the name of its run's folder. */
  name: string;
  config: ModelConfig;
  /** The value of tokenizer.json. */
  tokenizer: JsonObject;
  weights: PackedWeights;
  /** The largest difference in logits, on the page's texts, from those of the checkpoint's own weights. */
  logitDifference: number;
  /** Weight updates done; undefined if another program saved it. */
  step?: number;
  /** How its run went; undefined for a checkpoint without its run. */
  run?: PageRun;
  /** What its heads do, from `inspectHeads`. */
  heads?: unknown;
  /** Where a word's senses lie, layer by layer. */
  senses?: unknown;
  /** Its weights while it was trained, by rising steps. */
  snapshots: PageSnapshot[];
}

/** Losses of a run, in nats per token, by rising steps. */
export interface PageRun {
  /** Weight updates that it was to make. */
  steps: number;
  trainLoss: [step: number, loss: number][];
  valLoss: [step: number, loss: number][];
}

export interface PageSnapshot {
  /** Weight updates done; 0 before the first. */
  step: number;
  weights: PackedWeights;
}

/** Weights one after the other in the order of the model's own list, each row by row, little-endian, as base64. */
export interface PackedWeights {
  type: PagePrecision;
  data: string;
}
