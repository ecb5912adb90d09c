import type { ModelConfig } from "../config/model.js";
import { createStack, layersOf } from "./stack.js";

/** A layer of a model, with what comes out of it and what it learns. */
export interface LayerDescription {
  /** As weights are named by it: `blocks.0.attention`. */
  name: string;
  /** In a few words. */
  what: string;
  /** `[B, T, C]`, and for the logits `[B, T, V]`. */
  output: number[];
  weights: { name: string; shape: number[]; parameters: number }[];
  /** Numbers that it learns: 0 for a tied output, whose weights are the token table. */
  parameters: number;
}

/** Every layer of a model in the order in which data meets them, on batches of `batchSize` full contexts. */
export function describeLayers(config: ModelConfig, batchSize: number): LayerDescription[] {
  const { contextLength, hiddenDim, vocabSize } = config;
  const stack = createStack(config, 0);
  const layers = layersOf(stack).filter((layer) => layer !== stack.dropout || config.dropout > 0);
  const described = layers.map((layer): LayerDescription => {
    const weights = Object.entries(layer.statedWeights(hiddenDim)).map(([name, { shape }]) => {
      return { name, shape, parameters: shape.reduce((a, b) => a * b, 1) };
    });
    return {
      name: layer.name,
      what: layer.describe(hiddenDim),
      output: [batchSize, contextLength, layer === stack.output && layer !== stack.tokens ? vocabSize : hiddenDim],
      weights,
      parameters: weights.reduce((sum, weight) => sum + weight.parameters, 0),
    };
  });
  if (!config.tie) return described;
  const output = [batchSize, contextLength, vocabSize];
  return [...described, { name: "output", what: "logits, by the token embedding", output, weights: [], parameters: 0 }];
}
