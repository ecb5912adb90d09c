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
export { effect, type InterventionEffect, type Outcome, type OutcomeOptions, outcome } from "./effect.js";
export {
  type AttentionScores,
  type HeadScoreOptions,
  type HeadScores,
  headScores,
  inductionScore,
  scoreAttention,
} from "./headScores.js";
export * from "./interventions.js";
export { type LensLogits, lens, residualPlaces } from "./lens.js";
export { type CapturedValue, tensorOf } from "./numbers.js";
export { type Place, placeName, placesOf, shapeAt } from "./places.js";
export {
  type AskedQuestion,
  type HeadRelation,
  type JudgedMean,
  noneFound,
  type RelatedText,
  type RelationOptions,
  type RelationQuestion,
  type RelationScores,
  relationScores,
  type TokenPair,
  type TokenSpan,
} from "./relationScores.js";
export {
  type SenseAccuracy,
  type SenseScores,
  senseScores,
  type VectorKind,
  type WordOccurrence,
  wordVectors,
} from "./senses.js";
export { type Sharpness, sharpestHeads, weightRows } from "./sharpestHeads.js";
export {
  arithmeticSheet,
  type Sheet,
  type SheetKey,
  type SheetNorm,
  type SheetProjection,
  sheetPlaces,
} from "./sheet.js";
export { type Closeness, compareWordPaths, type Occurrence, pathPlaces } from "./wordPath.js";
