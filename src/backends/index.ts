/** Choosing a backend, and what it can do. */
export { batchParts, type Capabilities, capabilities } from "./capabilities.js";
export { type ActiveBackend, type BackendChoice, type BackendName, useBackend } from "./choose.js";
export { processesThatFit, threadSettings, threadsEach } from "./processes.js";
export { defaultCacheFolder } from "./setup/cache.js";
export { findPython } from "./setup/python.js";
export { run } from "./setup/run.js";
export { allowedThreads, limitThreads } from "./threads.js";
