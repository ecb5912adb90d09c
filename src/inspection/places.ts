import type { ModelConfig } from "../config/model.js";
import { type Point, points } from "../layers/points.js";

/** A named point of one layer: `{ layer: "blocks.0.attention", point: "weights" }`. */
export interface Place {
  layer: string;
  point: Point;
}

/** How a place is written: `blocks.0.attention.weights`. */
export function placeName({ layer, point }: Place): string {
  return `${layer}.${point}`;
}

/** Of attention. */
export const attentionPoints: readonly Point[] = [
  ...(["query", "key", "value", "scores", "maskedScores", "weights"] as const),
  ...(["headOutputs", "output", "residual"] as const),
];
const feedForwardPoints: readonly Point[] = ["preActivation", "activation", "output", "residual"];

/** Every place of a model's forward pass, in the order in which a text meets them. */
export function placesOf({ numLayers, positions }: Pick<ModelConfig, "numLayers" | "positions">): Place[] {
  const all = (layer: string, its: readonly Point[] = ["output"]) => its.map((point) => ({ layer, point }));
  const blocks = Array.from({ length: numLayers }, (_, i) => [
    ...all(`blocks.${i}.attentionNorm`),
    ...all(`blocks.${i}.attention`, attentionPoints),
    ...all(`blocks.${i}.feedForwardNorm`),
    ...all(`blocks.${i}.feedForward`, feedForwardPoints),
  ]);
  return [
    ...all("tokens"),
    ...(positions === "none" ? [] : all("positions")),
    ...all("dropout"),
    ...blocks.flat(),
    ...all("finalNorm"),
    ...all("output", ["logits"]),
  ];
}

/** The shape of the value at a point, for `B` sequences of `T` tokens without a cache. */
export function shapeAt(
  point: Point,
  { numHeads, hiddenDim, intermediateDim, vocabSize }: ModelConfig,
  [batch, length]: readonly [batch: number, length: number],
): number[] {
  const sizes: Record<string, number> = {
    B: batch,
    T: length,
    S: length,
    H: numHeads,
    D: hiddenDim / numHeads,
    C: hiddenDim,
    F: intermediateDim,
    V: vocabSize,
  };
  return points[point].match(/[A-Z]/g)!.map((letter) => sizes[letter]!);
}
