/** The transformer: its layers together, its weights, its counts. */
export { forwardFlopsPerToken, type ParameterCounts, parameterCounts, trainingFlopsPerToken } from "./count.js";
export { describeLayers, type LayerDescription } from "./describe.js";
export { Transformer } from "./transformer.js";
export type { VariableValues } from "./variables.js";
export { weightShapes } from "./weightShapes.js";
