import type { ModelConfig } from "../config/model.js";

/**
 * The name and shape of every weight that a model of this config has, in the order of the forward pass.
 * Matrices are `[in, out]`: `y = x · W + b`. Embeddings and the untied output are `[V, C]`.
 */
export function weightShapes(config: ModelConfig): Map<string, number[]> {
  const { vocabSize, contextLength, numLayers, hiddenDim, intermediateDim, bias } = config;
  const shapes = new Map<string, number[]>();
  const matrix = (name: string, from: number, to: number) => {
    shapes.set(`${name}.weight`, [from, to]);
    if (bias) shapes.set(`${name}.bias`, [to]);
  };
  const norm = (name: string) => {
    shapes.set(`${name}.gain`, [hiddenDim]);
    if (bias) shapes.set(`${name}.bias`, [hiddenDim]);
  };
  shapes.set("tokens.weight", [vocabSize, hiddenDim]);
  if (config.positions === "learned") shapes.set("positions.weight", [contextLength, hiddenDim]);
  for (let i = 0; i < numLayers; i++) {
    norm(`blocks.${i}.attentionNorm`);
    matrix(`blocks.${i}.attention.qkv`, hiddenDim, 3 * hiddenDim);
    matrix(`blocks.${i}.attention.output`, hiddenDim, hiddenDim);
    norm(`blocks.${i}.feedForwardNorm`);
    matrix(`blocks.${i}.feedForward.up`, hiddenDim, intermediateDim);
    matrix(`blocks.${i}.feedForward.down`, intermediateDim, hiddenDim);
  }
  norm("finalNorm");
  if (!config.tie) shapes.set("output.weight", [vocabSize, hiddenDim]);
  return shapes;
}

/** The name and shape of every moment that AdamW keeps: `<weight>.m` and `<weight>.v`. */
export function momentShapes(config: ModelConfig): Map<string, number[]> {
  const both = [...weightShapes(config)].flatMap(([name, shape]): [string, number[]][] => [
    [`${name}.m`, shape],
    [`${name}.v`, shape],
  ]);
  return new Map(both);
}
