import type { Engine, EngineModel, Look } from "./engine.js";

/** Which matrix of attention is looked at: one head's, or the mean or the largest of its layer's heads. */
export interface ChosenHead {
  layer: number;
  head: number | "mean" | "max";
}

/** What every section of the page plays on: a model, what it made of the text typed, and what is chosen of it. */
export interface Instrument {
  engine: Engine;
  /** Place of `model` among the engine's models. */
  index: number;
  model: EngineModel;
  look: Look;
  setText(text: string): void;
  /** The token under the cursor. */
  cursor: number;
  setCursor(token: number): void;
  chosen: ChosenHead;
  choose(chosen: ChosenHead | ((before: ChosenHead) => ChosenHead)): void;
}
