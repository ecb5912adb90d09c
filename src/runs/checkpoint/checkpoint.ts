export type { GenerationDefaults } from "./formats/hfGeneration.js";
export type { NamedFloats } from "./formats/hfWeights.js";
export { type Checkpoint, findCheckpoint, type LoadOptions, loadCheckpoint, type ResumableCheckpoint } from "./load.js";
export { type CheckpointContent, type SaveOptions, saveCheckpoint } from "./save.js";
