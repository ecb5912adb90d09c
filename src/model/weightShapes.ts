import type { ModelConfig } from "../config/model.js";
import { createStack, layersOf } from "./stack.js";

/**
 * The name and shape of every weight that a model of this config has, in the order of the forward pass; none is made.
 * Matrices are `[in, out]`: `y = x · W + b`. Embeddings and the untied output are `[V, C]`.
 */
export function weightShapes(config: ModelConfig): Map<string, number[]> {
  const entries = layersOf(createStack(config, 0)).flatMap((layer) =>
    Object.entries(layer.statedWeights(config.hiddenDim)).map(([name, { shape }]): [string, number[]] => [
      `${layer.name}.${name}`,
      shape,
    ]),
  );
  return new Map(entries);
}
