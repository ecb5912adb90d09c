import { batchParts, capabilities } from "../backends/capabilities.js";
import type { ModelConfig } from "../config/model.js";
import { attentionBlocks } from "../ops/attention.js";

/** How a backend goes about a training step. */
export interface Execution {
  /** Whether the step is one graph, which frees what it no longer needs; op by op all is kept to the step's end. */
  graph: boolean;
  /** Parts of a batch that are worked on side by side. */
  parts: number;
  /** Blocks of queries that attention works on one after the other, each with the keys up to its end. */
  blocks: number;
}

/** One graph for the batch as a whole. */
export const plainExecution: Execution = { graph: true, parts: 1, blocks: 1 };

/** How the backend in use goes about a step on full contexts. */
export function executionOf({ contextLength }: ModelConfig, batchSize: number, compiled = true): Execution {
  const graph = compiled && capabilities().graphs;
  return { graph, parts: batchParts(batchSize).length, blocks: attentionBlocks(contextLength) };
}

/** The share of attention's square that is computed; the rest of its masked half is left out. */
export function computedShare(blocks: number): number {
  return (blocks + 1) / (2 * blocks);
}
