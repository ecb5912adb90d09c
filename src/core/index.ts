/** The tools that heed is built with: errors, checks, seeded random numbers, files that survive a kill, statistics. */
export { definedFields, requireInteger, requireOneOf, show } from "./checks.js";
export {
  digestFile,
  type FileDigest,
  isTemporary,
  removeFolder,
  removeTemporaries,
  replaceText,
} from "./durableFiles.js";
export * from "./errors.js";
export { makeFolder, onFile, readRegularFile } from "./files.js";
export { isLock, lockFolder, withFolderLock } from "./folderLock.js";
export { type Machine, readMachine } from "./machine.js";
export { markdownTable } from "./markdownTable.js";
export { nearest } from "./nearest.js";
export { packageRoot } from "./packageRoot.js";
export * from "./parse.js";
export { Random } from "./random.js";
export { isUnchanged, withSignature } from "./signature.js";
export { largestDifference, mean, median, type Spread, speedRatio, spread } from "./statistics.js";
export { exactJson, isObject, type JsonObject, parseJson, parseJsonObject, readJson } from "./strictJson.js";
export {
  type BySeed,
  type Difference,
  difference,
  type Judged,
  judge,
  pValue,
  type Summary,
  summarize,
} from "./tTests.js";
