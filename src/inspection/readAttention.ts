import type { Transformer } from "../model/transformer.js";
import { capture, onlyPoints } from "./capture.js";

/** What one head looked at in one text. */
export interface HeadAttention {
  /** Index of the text. */
  text: number;
  layer: number;
  head: number;
  /** The weights that the token at `t` gives to tokens `0..t`: `[t + 1]`, adding up to 1. */
  row(t: number): Float32Array;
}

/** Texts at a time: the weights of a batch are in memory at once, `4 L H T²` bytes a text. */
export const textBatch = 8;

/** Some texts as rows of one length. */
export interface TextBatch {
  /** Index of the first of them. */
  from: number;
  /** `[B, T]`; shorter texts are filled up at the end, which no token before looks at. */
  rows: Int32Array[];
}

/** Texts of several lengths in batches, in order. */
export function* batchesOf(texts: readonly ArrayLike<number>[], size = textBatch): Generator<TextBatch> {
  for (let from = 0; from < texts.length; from += size) {
    const batch = texts.slice(from, from + size);
    const length = Math.max(...batch.map((ids) => ids.length));
    const rows = batch.map((ids) => {
      const row = new Int32Array(length);
      row.set(ids);
      return row;
    });
    yield { from, rows };
  }
}

/** The attention of every head in every text, text by text within a batch. */
export function* readAttention(
  model: Transformer,
  texts: readonly ArrayLike<number>[],
  onText?: (done: number) => void,
): Generator<HeadAttention> {
  const { numLayers, numHeads } = model.config;
  for (const { from, rows } of batchesOf(texts)) {
    const captured = capture(model, rows, { at: onlyPoints("weights") });
    const length = rows[0]!.length;
    for (let layer = 0; layer < numLayers; layer++) {
      const { values } = captured.at(`blocks.${layer}.attention`, "weights"); // [B, H, T, T]
      for (let i = 0; i < rows.length * numHeads; i++) {
        const row = (t: number) => values.subarray((i * length + t) * length, (i * length + t) * length + t + 1);
        yield { text: from + Math.floor(i / numHeads), layer, head: i % numHeads, row };
      }
    }
    onText?.(from + rows.length);
  }
}
