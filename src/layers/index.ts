/** The layers of a transformer, and what a forward pass passes to them. */
export { CausalSelfAttention, type CausalSelfAttentionConfig } from "./causalSelfAttention.js";
export type { AttentionCache, CallContext } from "./context.js";
export { Dropout, type DropoutConfig } from "./dropout.js";
export { FeedForward, type FeedForwardConfig } from "./feedForward.js";
export { LayerNorm, type LayerNormConfig } from "./layerNorm.js";
export { LearnedPositions, type LearnedPositionsConfig } from "./learnedPositions.js";
export { ModelLayer, type StatedWeight } from "./modelLayer.js";
export { NormLayer } from "./normLayer.js";
export { OutputProjection, type OutputProjectionConfig } from "./outputProjection.js";
export { type Point, points } from "./points.js";
export { RmsNorm, type RmsNormConfig } from "./rmsNorm.js";
export { SinusoidalPositions, type SinusoidalPositionsConfig } from "./sinusoidalPositions.js";
export { TokenEmbedding, type TokenEmbeddingConfig } from "./tokenEmbedding.js";
