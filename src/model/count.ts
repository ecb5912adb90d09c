import type { ModelConfig } from "../config/model.js";
import { createStack, layersOf } from "./stack.js";
import { weightShapes } from "./weightShapes.js";

export interface ParameterCounts {
  total: number;
  /** Numbers in the token table and, with learned positions, in theirs. */
  embedding: number;
  /** The rest; the output projection of a model that is not tied is part of it. */
  withoutEmbedding: number;
}

/** How many numbers a model learns. A tied output is the token table, which counts once. */
export function parameterCounts(config: ModelConfig): ParameterCounts {
  const sizes = new Map([...weightShapes(config)].map(([name, shape]) => [name, shape.reduce((a, b) => a * b, 1)]));
  const total = [...sizes.values()].reduce((a, b) => a + b, 0);
  const embedding = sizes.get("tokens.weight")! + (sizes.get("positions.weight") ?? 0);
  return { total, embedding, withoutEmbedding: total - embedding };
}

/**
 * Floating-point operations of the matrix products of one forward pass, for each token of a full context:
 * `2 · (L · (4 C² + 2 C F + 2 T C) + C V)`.
 *
 * A block has `4 C²` products for queries, keys, values and the output projection, `2 C F` for the feed-forward, and
 * `2 T C` for scores and mixing: attention's whole square counts, though native leaves out most of the masked half of
 * long contexts. Each product is a multiplication and an addition.
 */
export function forwardFlopsPerToken(config: ModelConfig): number {
  const { hiddenDim, contextLength } = config;
  const stack = createStack(config, 0);
  const inner = layersOf(stack).filter((layer) => layer !== stack.tokens && layer !== stack.output);
  const layers = [...inner, stack.output]; // looking tokens up multiplies nothing
  return 2 * layers.reduce((sum, layer) => sum + layer.multiplications(hiddenDim, contextLength), 0);
}

/**
 * Floating-point operations of the matrix products of training, for each token: three times the forward pass, since
 * the backward pass has two products for each of its products.
 */
export function trainingFlopsPerToken(config: ModelConfig): number {
  return 3 * forwardFlopsPerToken(config);
}
