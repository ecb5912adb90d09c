import * as tf from "@tensorflow/tfjs";
import { requireInteger } from "../core/checks.js";
import { DataError } from "../core/errors.js";
import type { Capture, Intervention } from "./capture.js";
import { computed, tensorOf } from "./numbers.js";
import { type Place, placeName } from "./places.js";

/** What stands in for an ablated part: zeros, or one vector for every token, such as its mean (see {@link meanOf}). */
export type Replacement = "zero" | ArrayLike<number>;

/** Which part of a value: all tokens and all heads, unless some are given. */
export interface Selection {
  positions?: readonly number[];
  /** Only at points that have heads, such as `weights`. */
  heads?: readonly number[];
}

/** Where the residual stream begins: embedding and position, as the first block is given them. */
const streamStart: Place = { layer: "dropout", point: "output" };

/**
 * Silences a head: its output `weights · v` becomes `by`, `[D]`. The bias of the output projection stays.
 *
 * @see Michel, Levy & Neubig 2019, https://arxiv.org/abs/1905.10650
 */
export function ablateHead(layer: number, head: number, by: Replacement = "zero"): Intervention {
  return replace({ layer: `blocks.${layer}.attention`, point: "headOutputs" }, { heads: [head] }, by);
}

/** Silences a layer's attention or feed-forward: what it adds to the residual stream becomes `by`, `[C]`. */
export function ablatePart(layer: number, part: "attention" | "feedForward", by: Replacement = "zero"): Intervention {
  return replace({ layer: `blocks.${layer}.${part}`, point: "output" }, {}, by);
}

/**
 * Silences one token: at its position the value at a place, in every head, becomes `by`, as wide as the place's last
 * dimension. For passes without a cache.
 *
 * @param at the place; by default the start of the residual stream, so that no layer knows the token or where it stands
 */
export function ablatePosition(
  position: number,
  { at = streamStart, by = "zero" }: { at?: Place; by?: Replacement } = {},
): Intervention {
  return replace(at, { positions: [position] }, by);
}

/**
 * Has the pass go on at a place with what another run computed there, everywhere or where `selection` says. Both runs
 * have the same shape; for passes without a cache.
 *
 * @see Meng et al. 2022 (causal tracing), https://arxiv.org/abs/2202.05262
 */
export function patch(place: Place, from: Capture, selection: Selection = {}): Intervention {
  const other = from.at(place.layer, place.point);
  return put(place, selection, (wanted) => {
    if (wanted.join() === other.shape.join()) return tensorOf(other);
    throw new DataError({
      field: `the patch of ${placeName(place)}`,
      rule: `have the shape of the run, [${wanted}]`,
      got: `[${other.shape}]`,
      remedy: "run texts of the same number of tokens",
    });
  });
}

/**
 * Has a token of a head look where you say: its row of attention weights becomes `weights`, one for each token, `[T]`.
 * They need not sum to 1. For passes without a cache.
 */
export function replaceAttentionRow(
  layer: number,
  head: number,
  token: number,
  weights: ArrayLike<number>,
): Intervention {
  const place = { layer: `blocks.${layer}.attention`, point: "weights" } as const;
  return replace(place, { heads: [head], positions: [token] }, weights);
}

/**
 * The mean of a place's vectors over all sequences and tokens of some runs: what to ablate with, so that a part says the
 * same to every token. At points that have heads, the mean of `head`'s vectors, `[D]`; without it, of all heads'.
 *
 * @throws DataError if there is no run, or `head` is given for a point without heads
 */
export function meanOf(place: Place, captures: readonly Capture[], { head }: { head?: number } = {}): Float32Array {
  if (captures.length === 0) throw new DataError({ field: "captures", rule: "be at least one", got: "none" });
  const mean = () => {
    const vectors = captures.map((captured) => {
      const all = tensorOf(captured.at(place.layer, place.point));
      const width = all.shape.at(-1)!;
      if (head === undefined) return all.reshape([-1, width]);
      requireSelection(place, all.shape, { heads: [head] });
      return all.slice([0, head], [-1, 1]).reshape([-1, width]); // [B * T, D]
    });
    return tf.concat(vectors).mean(0);
  };
  return computed(mean).values;
}

/** Puts one vector at the selected tokens and heads of a place. */
function replace(place: Place, selection: Selection, by: Replacement): Intervention {
  return put(place, selection, (shape) => {
    if (by === "zero") return tf.zeros(shape);
    if (by.length === shape.at(-1)) return tf.tensor1d(Float32Array.from(by)).broadcastTo(shape);
    throw new DataError({
      field: `what is put at ${placeName(place)}`,
      rule: `be ${shape.at(-1)} numbers`,
      got: `${by.length}`,
    });
  });
}

/** Puts the selected part of `other`, made for a value's shape, in that value's place. */
function put(place: Place, selection: Selection, other: (shape: number[]) => tf.Tensor): Intervention {
  const change = (value: tf.Tensor) =>
    tf.tidy(() => tf.where(selected(place, value.shape, selection), other(value.shape), value));
  return { ...place, change };
}

/** True where a value of this shape is selected: `[H, T, 1]` at points that have heads, else `[T, 1]`. */
function selected(place: Place, shape: number[], selection: Selection): tf.Tensor {
  requireSelection(place, shape, selection);
  const { positions, heads } = selection;
  const tokens = Array.from({ length: shape.at(-2)! }, (_, t) => [positions?.includes(t) ?? true]);
  if (shape.length === 3) return tf.tensor2d(tokens, undefined, "bool");
  const none = tokens.map(() => [false]);
  const ofHeads = Array.from({ length: shape[1]! }, (_, h) => ((heads?.includes(h) ?? true) ? tokens : none));
  return tf.tensor3d(ofHeads, undefined, "bool");
}

function requireSelection(place: Place, shape: number[], { positions = [], heads = [] }: Selection): void {
  if (heads.length > 0 && shape.length < 4) {
    throw new DataError({ field: "heads", rule: "be of a point that has heads", got: placeName(place) });
  }
  for (const t of positions) requireInteger(`position at ${placeName(place)}`, t, 0, shape.at(-2)! - 1);
  for (const h of heads) requireInteger(`head at ${placeName(place)}`, h, 0, shape[1]! - 1);
}
