import * as tf from "@tensorflow/tfjs";
import { requireInteger } from "../core/checks.js";
import type { Transformer } from "../model/transformer.js";
import type { Capture } from "./capture.js";
import { type CapturedValue, computed, tensorOf } from "./numbers.js";
import type { Place } from "./places.js";

/** What the model would answer if it ended at a place of the residual stream. */
export interface LensLogits {
  place: Place;
  /** `[B, T, V]`, or `[B, 1, V]` of one position. */
  logits: CapturedValue;
}

/**
 * The residual stream from its start (embedding and position) to the end: after each attention, which is between a
 * block's two parts, and after each feed-forward, which ends the block. `2 L + 1` places.
 */
export function residualPlaces({ numLayers }: { numLayers: number }): Place[] {
  const parts = Array.from({ length: numLayers }, (_, i) => [`blocks.${i}.attention`, `blocks.${i}.feedForward`]);
  return [{ layer: "dropout", point: "output" }, ...parts.flat().map((layer): Place => ({ layer, point: "residual" }))];
}

/**
 * The logit lens: `output(finalNorm(x))` for the residual stream `x` at each of {@link residualPlaces}. At the last one
 * these are the model's logits. `position` keeps that token alone.
 *
 * @throws DataError if one of the places was not captured
 * @throws ConfigError if `position` is out of range
 * @see nostalgebraist 2020, https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru/interpreting-gpt-the-logit-lens
 */
export function lens(
  { config, stack: { finalNorm, output } }: Transformer,
  captured: Capture,
  { position }: { position?: number } = {},
): LensLogits[] {
  const places = residualPlaces(config);
  const { shape, values } = computed(() => {
    const streams = places.map(({ layer, point }) => {
      const stream = tensorOf(captured.at(layer, point)); // [B, T, C]
      if (position === undefined) return stream;
      requireInteger("position", position, 0, stream.shape[1]! - 1);
      return stream.slice([0, position, 0], [-1, 1, -1]);
    });
    return output.call(finalNorm.call(tf.concat(streams))); // [(2L + 1) B, T, V], in one product
  });
  const size = values.length / places.length;
  return places.map((place, i) => ({
    place,
    logits: { shape: [shape[0]! / places.length, ...shape.slice(1)], values: values.slice(i * size, (i + 1) * size) },
  }));
}
