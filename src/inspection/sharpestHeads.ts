import type { Transformer } from "../model/transformer.js";
import type { Capture } from "./capture.js";

/** How sharply a head looks back. */
export interface Sharpness {
  layer: number;
  head: number;
  /**
   * The largest weight that a token gives to an earlier token other than the text's first, on average over tokens: 1
   * where every token looks at one earlier token alone.
   */
  sharpness: number;
}

/**
 * All heads, those first that look most sharply at single earlier tokens. The first token is left out: heads that have
 * nothing to look for look there.
 *
 * @param captured a text's `weights`, made without a cache; its first sequence is read
 * @param token only its row counts, where it is given
 */
export function sharpestHeads(
  { config: { numLayers, numHeads } }: Transformer,
  captured: Capture,
  { token }: { token?: number } = {},
): Sharpness[] {
  const all = Array.from({ length: numLayers * numHeads }, (_, i): Sharpness => {
    const [layer, head] = [Math.floor(i / numHeads), i % numHeads];
    const rows = weightRows(captured, layer, head);
    const counted = token === undefined ? rows.slice(1) : [rows[token]!];
    const highest = counted.map((row) => Math.max(0, ...row.slice(1, -1)));
    return { layer, head, sharpness: highest.reduce((sum, x) => sum + x, 0) / Math.max(1, counted.length) };
  });
  return all.sort((a, b) => b.sharpness - a.sharpness);
}

/** The attention of one head, a row a token: the weights that it gives to the tokens up to itself, `[t + 1]`. */
export function weightRows(captured: Capture, layer: number, head: number): number[][] {
  const { shape, values } = captured.at(`blocks.${layer}.attention`, "weights");
  const length = shape[2]!;
  return Array.from({ length }, (_, t) => {
    const start = (head * length + t) * length;
    return Array.from(values.subarray(start, start + t + 1));
  });
}
