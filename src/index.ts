/** heed's public API. What is not here is in a group of its own, one per folder: `heed/layers`, `heed/compile`, … */
export { type ActiveBackend, useBackend } from "./backends/choose.js";
export { type GenerationConfig, generationConfig } from "./config/generation.js";
export { type ModelConfig, modelConfig } from "./config/model.js";
export { type TrainingConfig, trainingConfig } from "./config/training.js";
export * from "./core/errors.js";
export { type GenerateOptions, generateText } from "./generation/generateText.js";
export { type EvaluateOptions, type Evaluation, evaluate } from "./jobs/evaluate/evaluate.js";
export { type GeneratedText, type GenerateFromOptions, type Generation, generate } from "./jobs/generate.js";
export { type Inspection, type InspectOptions, inspect } from "./jobs/inspect.js";
export { type OpenModel, openModel } from "./jobs/openModel.js";
export { type TrainListeners, type TrainResult, train } from "./jobs/train.js";
export type { TrainInput, TrainOptions } from "./jobs/trainOptions.js";
