import { type ModelConfig, modelConfig } from "../../config/model.js";
import { requireOneOf } from "../../core/checks.js";
import { trainingFlopsPerToken } from "../../model/count.js";

/** A model and the batch that it is trained on. */
export interface BenchShape {
  name: string;
  model: ModelConfig;
  /** Sequences in a step, `B`. */
  batchSize: number;
}

const small = { numLayers: 4, numHeads: 4, hiddenDim: 128, contextLength: 64, vocabSize: 65 };
const medium = { numLayers: 6, numHeads: 6, hiddenDim: 384, contextLength: 256, vocabSize: 65 };

function shape(name: string, model: Partial<ModelConfig> & { vocabSize: number }, batchSize: number): BenchShape {
  return { name, model: modelConfig(model), batchSize };
}

export const sizes = { S: shape("S", small, 12), M: shape("M", medium, 4) } as const;

/** The shapes of a list such as "S,M". @throws ConfigError naming one that is unknown. */
export function sizesOf(list: string): BenchShape[] {
  const names = Object.keys(sizes) as (keyof typeof sizes)[];
  const wanted = list.split(",").map((name) => requireOneOf("size", name.trim().toUpperCase(), names));
  return [...new Set(wanted)].map((name) => sizes[name]);
}

/** S, with one thing at a time made larger. */
export const scalingShapes: readonly BenchShape[] = [
  shape("S, context 128", { ...small, contextLength: 128 }, 12),
  shape("S, context 256", { ...small, contextLength: 256 }, 12),
  shape("S, 8 layers", { ...small, numLayers: 8 }, 12),
  shape("S, 16 layers", { ...small, numLayers: 16 }, 12),
  shape("S, vocabulary 50,257", { ...small, vocabSize: 50_257 }, 12),
  shape("S, batch 48", small, 48),
];

/** What decoding is measured on: S, with a context that holds the whole text. */
export const decodeShape = shape("decoding, batch 1", { ...small, contextLength: 256 }, 1);

/** Floating-point operations of the matrix products of one training step. */
export function stepFlops({ model, batchSize }: BenchShape): number {
  return batchSize * model.contextLength * trainingFlopsPerToken(model);
}

/** "4 layers, 4 heads, 128 wide, 12 x 64 tokens, vocabulary 65" */
export function describeShape({ model, batchSize }: BenchShape): string {
  const { numLayers, numHeads, hiddenDim, contextLength, vocabSize } = model;
  const vocabulary = vocabSize.toLocaleString("en");
  return `${numLayers} layers, ${numHeads} heads, ${hiddenDim} wide, ${batchSize} x ${contextLength} tokens, vocabulary ${vocabulary}`;
}
