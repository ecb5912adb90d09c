import type { PositionKind } from "../config/model.js";
import { LearnedPositions } from "./learnedPositions.js";
import type { ModelLayer } from "./modelLayer.js";
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
