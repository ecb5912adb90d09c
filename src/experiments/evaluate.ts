import * as tf from "@tensorflow/tfjs";
import { type BackendChoice, useBackend } from "../backends/choose.js";
import { requireInteger } from "../config/checks.js";
import { openCorpus } from "../dataset/corpus.js";
import { type EntropyFloor, knownFloor } from "../dataset/meta.js";
import { readWindows } from "../dataset/sampler.js";
import type { TokenStore } from "../dataset/tokenStore.js";
import type { Transformer } from "../model/transformer.js";
import { openModel } from "./openModel.js";

export interface EvaluateOptions {
  /** A checkpoint folder, or a run folder (its best checkpoint). */
  checkpoint: string;
  /** The text to measure the model on. */
  data: string;
  /** Sequences at a time. @default 16 */
  batchSize?: number;
  /** @default "auto" */
  backend?: BackendChoice;
  /** Hears how many tokens of all are done. */
  onProgress?: (done: number, total: number) => void;
}

export interface Evaluation {
  checkpoint: string;
  data: string;
  /** Tokens predicted: all of the text but its first. */
  tokens: number;
  characters: number;
  words: number;
  /** Mean cross-entropy, in nats a token. */
  loss: number;
  /** `exp(loss)`. */
  perplexity: number;
  bitsPerCharacter: number;
  bitsPerWord: number;
  /** The best possible figures for this text, where its corpus states them. */
  floor?: EntropyFloor;
  /** `bitsPerWord` above the floor. */
  bitsPerWordAboveFloor?: number;
}

/**
 * How well a saved model predicts a whole text. Every token but the first is predicted once, from at least half a
 * context of the tokens before it (all of them near the start).
 *
 * @throws DataError or CheckpointError for a text or a checkpoint that can't be used.
 */
export async function evaluate({ checkpoint, data, batchSize = 16, ...options }: EvaluateOptions): Promise<Evaluation> {
  requireInteger("batchSize", batchSize);
  await useBackend(options.backend);
  const opened = openModel(checkpoint);
  try {
    const corpus = await openCorpus({ files: [data], tokenizer: opened.tokenizer, contextLength: 1, valFraction: 0 });
    try {
      const nats = totalNats(opened.model, corpus.train, { batchSize, onProgress: options.onProgress });
      const tokens = corpus.train.length - 1;
      const { characters, words } = corpus.counts.train;
      const bits = nats / Math.LN2;
      const { floor } = knownFloor(data, corpus.files[0]!.sha256);
      const bitsPerWord = bits / words;
      return {
        ...{ checkpoint: opened.folder, data, tokens, characters, words },
        ...{ loss: nats / tokens, perplexity: Math.exp(nats / tokens) },
        ...{ bitsPerCharacter: bits / characters, bitsPerWord },
        ...(floor && { floor, bitsPerWordAboveFloor: bitsPerWord - floor.bitsPerWord }),
      };
    } finally {
      corpus.close();
    }
  } finally {
    opened.dispose();
  }
}

/** Sum over the text of `-log p(token | tokens before)`, in nats, by windows that overlap by half a context. */
function totalNats(
  model: Transformer,
  store: TokenStore,
  { batchSize, onProgress }: { batchSize: number; onProgress?: (done: number, total: number) => void },
): number {
  const length = Math.min(model.config.contextLength, store.length - 1);
  const windows = windowsOf(store.length - 1, length);
  let nats = 0;
  for (let first = 0; first < windows.length; first += batchSize) {
    const batch = windows.slice(first, first + batchSize);
    const { inputs, targets } = readWindows(
      store,
      batch.map(({ start }) => start),
      length,
    );
    const losses = lossesOf(model, inputs, targets, batch.length); // [B * T]
    batch.forEach(({ fresh }, row) => {
      for (let t = length - fresh; t < length; t++) nats += losses[row * length + t]!;
    });
    const last = batch.at(-1)!;
    onProgress?.(last.start + length, store.length - 1);
  }
  return nats;
}

/** Windows of `length` over `count` predictions: where each starts, and how many at its end no earlier one covers. */
export function windowsOf(count: number, length: number): { start: number; fresh: number }[] {
  const windows = [{ start: 0, fresh: length }];
  for (let covered = length; covered < count; ) {
    const fresh = Math.min(Math.ceil(length / 2), count - covered);
    covered += fresh;
    windows.push({ start: covered - length, fresh });
  }
  return windows;
}

function lossesOf(model: Transformer, inputs: Int32Array, targets: Int32Array, batchSize: number): Float32Array {
  const shape: [number, number] = [batchSize, inputs.length / batchSize];
  return tf.tidy(
    () =>
      model
        .losses(tf.tensor2d(inputs, shape, "int32"), tf.tensor2d(targets, shape, "int32"))
        .dataSync() as Float32Array,
  );
}
