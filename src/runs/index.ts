/** Runs and checkpoints on disk. */
export { type Checkpoint, findCheckpoint, type LoadOptions, loadCheckpoint } from "./checkpoint/load.js";
export { checkpointFolder, checkpointSteps, files } from "./checkpoint/names.js";
export { type CheckpointContent, type SaveOptions, saveCheckpoint } from "./checkpoint/save.js";
export { type MetricsLine, metricsName, readMetrics } from "./metrics.js";
export { readRun } from "./runFolder.js";
export { configBy, type RunRecord } from "./runRecord.js";
export { versions } from "./versions.js";
