import type { ActivationKind, ModelConfig } from "../config/model.js";
import type { TrainingConfig } from "../config/training.js";
import { parameterCounts, trainingFlopsPerToken } from "./count.js";
import { computedShare, type Execution, plainExecution } from "./execution.js";

/** What a computation asks of a machine: how long it takes is a sum of these, each times what one costs there. */
export interface Work {
  /** Ops that are begun, in units of those of one block. */
  ops: number;
  /** Floating-point operations of the matrix products that are computed. */
  flops: number;
  /** Bytes that everything else reads and writes. */
  bytes: number;
  /** Random numbers that dropout draws. */
  randoms: number;
}

/** Numbers as wide as the feed-forward, `F`, that a token's activation, its gradient and the biases read and write. */
const feedForwardPasses: Record<ActivationKind, number> = { gelu: 42, gelu_new: 33, relu: 23, silu: 29 };

/**
 * The work of one training step. Bytes are those of the ops that are no matrix products, for each token
 * `4 · (L · (152 C + 33 F + 15 H T) + 50 C + 25 V)` (33 is gelu_new's), and `4 · 13 P` for AdamW, clipping and decay:
 * the inputs and outputs of a recorded step's ops. Those of attention weights and logits weigh more than their inputs
 * and outputs alone, since exponentials take longer than sums and products.
 */
export function trainingWork(
  config: ModelConfig,
  { batchSize, gradAccum }: Pick<TrainingConfig, "batchSize" | "gradAccum">,
  { blocks }: Execution = plainExecution,
): Work {
  const { numLayers, numHeads, hiddenDim, intermediateDim, contextLength, vocabSize } = config;
  const tokens = gradAccum * batchSize * contextLength;
  const drops = config.dropout > 0 ? 1 : 0;
  const share = computedShare(blocks);
  const square = numHeads * contextLength * share;
  const leftOut = 12 * numLayers * contextLength * hiddenDim * (1 - share); // of attention's products
  const feedForward = feedForwardPasses[config.activation] * intermediateDim;
  const block = (152 + 30 * drops) * hiddenDim + feedForward + (15 + 16 * drops) * square;
  const perToken = numLayers * block + (50 + 15 * drops) * hiddenDim + 25 * vocabSize;
  const { total } = parameterCounts(config);
  const summing = gradAccum > 1 ? 3 * gradAccum + 4 : 0; // adding gradients up, their mean, and clearing the sums
  const embedding = gradAccum * 5 * vocabSize * hiddenDim; // its gradient is made twice, as input and as output, and added
  return {
    ops: gradAccum * (1 + numLayers),
    flops: tokens * (trainingFlopsPerToken(config) - leftOut),
    bytes: 4 * (tokens * perToken + (13 + summing) * total + embedding),
    randoms: drops * tokens * (numLayers * (2 * hiddenDim + square) + hiddenDim),
  };
}

/** The work of a forward pass over a batch: about a third of training on it, without dropout. */
export function forwardWork(
  config: ModelConfig,
  { batchSize }: Pick<TrainingConfig, "batchSize">,
  execution: Execution = plainExecution,
): Work {
  const { ops, flops, bytes } = trainingWork({ ...config, dropout: 0 }, { batchSize, gradAccum: 1 }, execution);
  return { ops: ops / 3, flops: flops / 3, bytes: bytes / 3, randoms: 0 };
}
