import type { NormKind, PositionKind } from "../config/model.js";
import { LayerNorm } from "./layerNorm.js";
import { LearnedPositions } from "./learnedPositions.js";
import type { ModelLayer } from "./modelLayer.js";
import type { NormLayer } from "./normLayer.js";
import { RmsNorm } from "./rmsNorm.js";
import { SinusoidalPositions } from "./sinusoidalPositions.js";

/** What a layer of positions may need to know. */
export interface PositionConfig {
  name: string;
  contextLength: number;
  seed: number;
}

/** The layer that adds positions to the token embedding, for each kind that has one. */
export const positionLayers: Record<PositionKind, ((config: PositionConfig) => ModelLayer) | undefined> = {
  learned: (config) => new LearnedPositions(config),
  sinusoidal: (config) => new SinusoidalPositions(config),
  none: undefined,
};

/** What a norm may need to know. */
export interface NormConfig {
  name: string;
  epsilon: number;
  bias: boolean;
}

/** The norm before attention, before the feed-forward and before the logits. */
export const norms: Record<NormKind, new (config: NormConfig) => NormLayer> = {
  layernorm: LayerNorm,
  rmsnorm: RmsNorm,
};
