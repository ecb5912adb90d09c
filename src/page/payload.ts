import type { ModelConfig } from "../config/model.js";
import type { PagePrecision } from "../config/pageFields.js";
import type { JsonObject } from "../core/strictJson.js";
import type { SenseScores } from "../inspection/senses.js";
import type { HeadInspection } from "../jobs/inspectHeads.js";

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
  /** What its heads do; undefined where that was not measured. */
  heads?: HeadInspection;
  /** Words with several meanings; undefined where no corpus says which they have where. */
  senses?: PageSenses;
  /** Its weights while it was trained, by rising steps. */
  snapshots: PageSnapshot[];
}

export interface PageSenses {
  /** The text's file. */
  data: string;
  /** How well the model's vectors tell meanings apart; undefined where that was not measured. */
  scores?: SenseScores;
  places: PagePlace[];
}

/** A place where a text has a word in one of its meanings. */
export interface PagePlace {
  word: string;
  sense: string;
  /** The text up to the word, and with it: the vectors of its last token are those of the word. */
  text: string;
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
