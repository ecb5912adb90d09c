/** Text as token ids, and batches of them. */
export { type Corpus, openCorpus } from "./corpus.js";
export { type EntropyFloor, knownFloor } from "./meta.js";
export type { CorpusOptions } from "./plan.js";
export { type Batch, type BatchOptions, batchAt, evaluationWindows, readWindows } from "./sampler.js";
export { type TokenStore, tokenStoreOf } from "./tokenStore.js";
