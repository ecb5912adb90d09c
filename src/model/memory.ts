import type { ActivationKind, ModelConfig } from "../config/model.js";
import type { TrainingConfig } from "../config/training.js";
import { parameterCounts } from "./count.js";
import { computedShare, type Execution, plainExecution } from "./execution.js";

/** The most memory that training holds, in bytes, beside what the process itself and its libraries take. */
export interface TrainingMemory {
  weights: number;
  gradients: number;
  /** AdamW's two, for each weight. */
  moments: number;
  /** What the forward pass keeps for the backward pass; op by op, all that both work out. */
  activations: number;
  total: number;
}

/** Memory of a model that writes text, in bytes, beside what the process itself and its libraries take. */
export interface InferenceMemory {
  weights: number;
  /** Keys and values of a full context. */
  cache: number;
  /** What is worked out meanwhile for a prompt as long as the context. */
  prompt: number;
  total: number;
}

/** Bytes of a float32 number. */
const float = 4;

/** Numbers as wide as the feed-forward, `F`, for each token: those kept for the backward pass, and all that are made. */
const feedForwardNumbers: Record<ActivationKind, { kept: number; made: number }> = {
  gelu: { kept: 4, made: 16 },
  gelu_new: { kept: 4, made: 11 },
  relu: { kept: 2, made: 4 },
  silu: { kept: 3, made: 7 },
};

/**
 * Memory of training. With `P` weights, `N = B · T` tokens in a batch and `a` from 2 (relu) to 4 (gelu), a compiled step
 * holds at most
 *
 *     16 P bytes (weights, gradients, two moments) + 4 N · (L · (9 C + a F + H T) + 2 C + V) bytes
 *
 * The nine of a block are its two norms, before and after their gain, queries, keys and values, what attention mixes and
 * the same with its heads merged; `H T` are the attention weights, of long texts a share alone. Dropout keeps its masks,
 * `L · (2 C + H T) + C` more. Where a batch is worked on in parts side by side, each part but one has 4 P of gradients
 * beside their sum; sums over the batches of an update are 4 P more.
 *
 * Op by op nothing is freed before the step's end; these coefficients were counted on the native backend.
 */
export function trainingMemory(
  config: ModelConfig,
  { batchSize, gradAccum }: Pick<TrainingConfig, "batchSize" | "gradAccum">,
  { graph, parts, blocks }: Execution = plainExecution,
): TrainingMemory {
  const { numLayers, numHeads, hiddenDim, intermediateDim, contextLength, vocabSize } = config;
  const weights = float * parameterCounts(config).total;
  const square = numHeads * contextLength * computedShare(blocks);
  const copies = (blocks - 1) * hiddenDim; // of the keys and values that a block of queries looks at
  const { kept, made } = feedForwardNumbers[config.activation];
  const drops = config.dropout > 0 ? 1 : 0;
  const [block, rest] = graph
    ? [
        (9 + 2 * drops) * hiddenDim + copies + kept * intermediateDim + (1 + drops) * square,
        (2 + drops) * hiddenDim + vocabSize,
      ]
    : [
        (49 + 10 * drops) * hiddenDim + 3 * copies + made * intermediateDim + (4 + 3 * drops) * square,
        (10 + 5 * drops) * hiddenDim + 3 * vocabSize,
      ];
  const activations = float * batchSize * contextLength * (numLayers * block + rest);
  const gradients = weights * (parts + (gradAccum > 1 ? 1 : 0) + (graph ? 0 : 1)); // op by op, clipped ones beside them
  const moments = 2 * weights;
  return { weights, gradients, moments, activations, total: weights + gradients + moments + activations };
}

/**
 * Memory of writing text with `heed generate`: the weights, `2 L T C` keys and values, and, while a prompt as long as the
 * context is worked out, what its layers answer and the largest of: the logits, a feed-forward's and an attention's inside.
 */
export function inferenceMemory(config: ModelConfig): InferenceMemory {
  const { numLayers, numHeads, hiddenDim, intermediateDim, contextLength, vocabSize } = config;
  const weights = float * parameterCounts(config).total;
  const cache = float * 2 * numLayers * contextLength * hiddenDim;
  const inside = Math.max(vocabSize, 7 * intermediateDim, 3 * numHeads * contextLength + 8 * hiddenDim);
  const prompt = float * contextLength * (6 * numLayers * hiddenDim + 2 * hiddenDim + inside);
  return { weights, cache, prompt, total: weights + cache + prompt };
}
