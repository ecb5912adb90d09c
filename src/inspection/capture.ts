import * as tf from "@tensorflow/tfjs";
import type { ModelConfig } from "../config/model.js";
import { DataError } from "../core/errors.js";
import type { AttentionCache, CallContext } from "../layers/context.js";
import type { Point } from "../layers/points.js";
import type { Transformer } from "../model/transformer.js";
import { type CapturedValue, numbersOf } from "./numbers.js";
import { type Place, placeName, placesOf, shapeAt } from "./places.js";

/** Which places to keep: those for which it returns true. */
export type PlaceFilter = (place: Place) => boolean;

/** A change of the pass at one place: what `change` returns, of the same shape, takes the value's place. */
export interface Intervention extends Place {
  change(value: tf.Tensor): tf.Tensor;
}

export interface CaptureOptions {
  /** Places to keep. @default every one */
  at?: PlaceFilter;
  /** Changes made on the way, in this order at a place; what is kept of a place is the changed value. */
  interventions?: readonly Intervention[];
  /** Keys and values of the tokens before; `ids` is then one sequence. */
  cache?: AttentionCache;
}

/** What a model computed for some texts, place by place. */
export class Capture {
  /** @param interventions what was changed on the way */
  constructor(
    private readonly kept: ReadonlyMap<string, CapturedValue>,
    readonly interventions: readonly Intervention[] = [],
  ) {}

  /**
   * The value at a place.
   *
   * @throws DataError if it was not captured
   */
  at(layer: string, point: Point = "output"): CapturedValue {
    const found = this.kept.get(placeName({ layer, point }));
    if (found) return found;
    throw new DataError({
      field: "place",
      rule: "be one that was captured",
      got: placeName({ layer, point }),
      remedy: `captured are ${[...this.kept.keys()].join(", ") || "none"}`,
    });
  }

  /** Places captured, in the order of the pass. */
  get places(): string[] {
    return [...this.kept.keys()];
  }

  /** Bytes of all values. */
  get bytes(): number {
    return [...this.kept.values()].reduce((sum, { values }) => sum + values.byteLength, 0);
  }
}

/**
 * Runs texts through a model and keeps what it computes on the way.
 *
 * In: token ids, sequences of one length `[B, T]` with `T <= contextLength`. Out: a {@link CapturedValue} a place; shapes
 * are those of `points`, and {@link captureBytes} says beforehand how much memory they take.
 *
 * @throws DataError if sequences differ in length, are empty, or are longer than the context, or an intervention is at no
 *   place of the model
 */
export function capture(
  model: Transformer,
  ids: readonly ArrayLike<number>[],
  { at = () => true, interventions = [], cache }: CaptureOptions = {},
): Capture {
  requirePlaces(model, interventions);
  const kept = new Map<string, CapturedValue>();
  const tap: CallContext["tap"] = (layer, point, value) => {
    const place = { layer, point };
    const changed = interventions
      .filter((one) => one.layer === layer && one.point === point)
      .reduce((x, one) => one.change(x), value);
    if (at(place)) kept.set(placeName(place), numbersOf(changed));
    return changed;
  };
  tf.tidy(() => {
    model.logits(batchOf(ids), { tap, cache });
  });
  return new Capture(kept, interventions);
}

/** Bytes that a capture of `[B, T]` tokens takes: 4 for each number of each place kept. */
export function captureBytes(
  config: ModelConfig,
  size: readonly [batch: number, length: number],
  at: PlaceFilter = () => true,
): number {
  const shapes = placesOf(config)
    .filter(at)
    .map(({ point }) => shapeAt(point, config, size));
  return shapes.reduce((sum, shape) => sum + 4 * tf.util.sizeFromShape(shape), 0);
}

/** Keeps the places of some points: `onlyPoints("weights", "logits")`. */
export function onlyPoints(...wanted: readonly Point[]): PlaceFilter {
  return ({ point }) => wanted.includes(point);
}

function requirePlaces({ config }: Transformer, interventions: readonly Intervention[]): void {
  const known = new Set(placesOf(config).map(placeName));
  const unknown = interventions.map(placeName).find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new DataError({
    field: "intervention",
    rule: `be at a place of this model of ${config.numLayers} layers`,
    got: unknown,
    remedy: "placesOf(config) lists them",
  });
}

function batchOf(ids: readonly ArrayLike<number>[]): tf.Tensor2D {
  const length = ids[0]?.length ?? 0;
  if (length === 0 || ids.some((row) => row.length !== length)) {
    throw new DataError({
      field: "ids",
      rule: "be sequences of one length, at least 1 token long",
      got: `${ids.length} of ${[...new Set(ids.map((row) => row.length))].join(", ") || "none"} tokens`,
    });
  }
  const flat = Int32Array.from(ids.flatMap((row) => Array.from(row)));
  return tf.tensor2d(flat, [ids.length, length], "int32");
}
