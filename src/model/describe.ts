import type { ModelConfig } from "../config/model.js";
import { weightShapes } from "./weightShapes.js";

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
  const { contextLength, hiddenDim, vocabSize, numHeads, intermediateDim, numLayers, dropout } = config;
  const shapes = [...weightShapes(config)];
  const describe = (name: string, what: string, width = hiddenDim): LayerDescription => {
    const own = shapes.filter(([weight]) => weight.startsWith(`${name}.`));
    const weights = own.map(([weight, shape]) => {
      return { name: weight.slice(name.length + 1), shape, parameters: shape.reduce((a, b) => a * b, 1) };
    });
    const parameters = weights.reduce((sum, weight) => sum + weight.parameters, 0);
    return { name, what, output: [batchSize, contextLength, width], weights, parameters };
  };
  const attention = `causal self-attention, ${numHeads} heads of ${hiddenDim / numHeads}`;
  const feedForward = `feed-forward ${hiddenDim} to ${intermediateDim} to ${hiddenDim}, ${config.activation}`;
  const blocks = Array.from({ length: numLayers }, (_, i) => [
    describe(`blocks.${i}.attentionNorm`, "layer norm"),
    describe(`blocks.${i}.attention`, attention),
    describe(`blocks.${i}.feedForwardNorm`, "layer norm"),
    describe(`blocks.${i}.feedForward`, feedForward),
  ]);
  return [
    describe("tokens", "token embedding"),
    ...(config.positions === "none" ? [] : [describe("positions", `${config.positions} positions`)]),
    ...(dropout > 0 ? [describe("dropout", `dropout ${dropout}`)] : []),
    ...blocks.flat(),
    describe("finalNorm", "layer norm"),
    describe("output", config.tie ? "logits, by the token embedding" : "logits", vocabSize),
  ];
}
