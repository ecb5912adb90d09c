import { rowOf } from "../../core/vectors.js";
import type { Capture } from "../../inspection/capture.js";
import type { EngineModel } from "./engine.js";

/** The model's embedding, `[V, C]`: the raw vector of each token that it knows. */
export function embeddingOf({ model }: EngineModel): Float32Array {
  return model.weights.get("tokens.weight")!.dataSync() as Float32Array;
}

/** What a token's vector is at first: its raw vector, what its position adds, and their sum, `[C]` each. */
export interface FirstVectors {
  raw: Float32Array;
  /** Undefined in a model without positions. */
  position: Float32Array | undefined;
  sum: Float32Array;
}

export function firstVectors(capture: Capture, token: number, width: number): FirstVectors {
  const raw = rowOf(capture.at("tokens").values, token, width);
  const sum = rowOf(capture.at("dropout").values, token, width); // it drops nothing here: it is the start of the stream
  const hasPosition = capture.places.includes("positions.output");
  return { raw, position: hasPosition ? sum.map((x, i) => x - raw[i]!) : undefined, sum };
}

/** A token's vector after each layer, `[C]` each: the start, then the residual stream after every block. */
export function walkOf(
  capture: Capture,
  token: number,
  { numLayers, hiddenDim }: EngineModel["config"],
): Float32Array[] {
  const after = Array.from({ length: numLayers }, (_, i) => capture.at(`blocks.${i}.feedForward`, "residual").values);
  return [capture.at("dropout").values, ...after].map((values) => rowOf(values, token, hiddenDim));
}
