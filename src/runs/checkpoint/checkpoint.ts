export type { GenerationDefaults } from "./generationDefaults.js";
export {
  type Checkpoint,
  findCheckpoint,
  type LoadOptions,
  loadCheckpoint,
  type ResumableCheckpoint,
  type Resuming,
} from "./load.js";
export { type CheckpointContent, type SaveOptions, saveCheckpoint } from "./save.js";
