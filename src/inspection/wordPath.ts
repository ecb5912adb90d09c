import type { ModelConfig } from "../config/model.js";
import { cosine, distanceBetween, rowOf } from "../core/vectors.js";
import type { Capture } from "./capture.js";
import { residualPlaces } from "./lens.js";
import type { Place } from "./places.js";

/** How close two vectors are. */
export interface Closeness {
  place: Place;
  /** `a · b / (|a| |b|)`: 1 in the same direction, 0 at a right angle. */
  cosine: number;
  /** `|a - b|` */
  distance: number;
}

/** Where in a capture's first sequence a token stands. */
export interface Occurrence {
  captured: Capture;
  index: number;
}

/**
 * The places where a token's vector `[C]` is looked at on its way through the model: its own vector, with its position,
 * after each attention and each feed-forward, and what the output is given.
 */
export function pathPlaces(config: Pick<ModelConfig, "numLayers" | "positions">): Place[] {
  const output = (layer: string): Place => ({ layer, point: "output" });
  const stream = residualPlaces(config).slice(config.positions === "none" ? 1 : 0);
  return [output("tokens"), ...stream, output("finalNorm")];
}

/** How close the vectors of two tokens are at each of {@link pathPlaces}: of one word in two texts, say. */
export function compareWordPaths(
  config: Pick<ModelConfig, "numLayers" | "positions">,
  a: Occurrence,
  b: Occurrence,
): Closeness[] {
  return pathPlaces(config).map((place) => {
    const [x, y] = [vectorAt(a, place), vectorAt(b, place)];
    return { place, cosine: cosine(x, y), distance: distanceBetween(x, y) };
  });
}

function vectorAt({ captured, index }: Occurrence, { layer, point }: Place): Float32Array {
  const { shape, values } = captured.at(layer, point);
  return rowOf(values, index, shape.at(-1)!);
}
