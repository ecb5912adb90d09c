/** Looking inside: what a model computes for a text, and what changes if a part of it is changed. */
export { type AttributionOptions, attribution, type Contribution } from "./attribution.js";
export {
  Capture,
  type CaptureOptions,
  capture,
  captureBytes,
  type Intervention,
  onlyPoints,
  type PlaceFilter,
} from "./capture.js";
export { type Effect, effect, type Outcome, type OutcomeOptions, outcome } from "./effect.js";
export * from "./interventions.js";
export { type LensLogits, lens, residualPlaces } from "./lens.js";
export { type CapturedValue, tensorOf } from "./numbers.js";
export { type Place, placeName, placesOf, shapeAt } from "./places.js";
