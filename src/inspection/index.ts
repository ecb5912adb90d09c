/** Looking inside: what a model computes for a text, and what changes if a part of it is changed. */
export {
  Capture,
  type CapturedValue,
  type CaptureOptions,
  capture,
  captureBytes,
  type Intervention,
  onlyPoints,
  type PlaceFilter,
} from "./capture.js";
export {
  type AttentionScores,
  type HeadScoreOptions,
  type HeadScores,
  headScores,
  inductionScore,
  scoreAttention,
} from "./headScores.js";
export { type Place, placeName, placesOf, shapeAt } from "./places.js";
export { type HeadRelation, type JudgedMean, noneFound, type RelationQuestion } from "./relationScores.js";
export {
  arithmeticSheet,
  type Sheet,
  type SheetKey,
  type SheetNorm,
  type SheetProjection,
  sheetPlaces,
} from "./sheet.js";
