/** The field tables, and complete configs from the fields that are given. */

export { type EvaluationConfig, evaluationConfig, evaluationFields } from "./evaluation.js";
export {
  type ConfigOf,
  checkGiven,
  completeConfig,
  type Field,
  type FieldTable,
  fieldOfFlag,
  flagWords,
  parseField,
} from "./fields.js";
export { type GenerationConfig, generationConfig, generationFields } from "./generation.js";
export { type ModelConfig, modelConfig, modelFields } from "./model.js";
export { preset, presetNames, type Settings, settingsFile } from "./presets.js";
export { dataFields, machineFields, outputFields } from "./run.js";
export { noPath, type TextSource } from "./textSource.js";
export { type TrainingConfig, trainingConfig, trainingFields } from "./training.js";
