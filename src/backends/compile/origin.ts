import { dirname, join, sep } from "node:path";
import { pathToFileURL } from "node:url";

const backends = dirname(import.meta.dirname);
const ours = [join(backends, "compile") + sep, join(backends, "gather.")].flatMap((path) => [
  path,
  pathToFileURL(path).href,
]);

/** TensorFlow.js's own files, as source maps name them. */
const tfjsSource = /[\\/]tfjs-[\w-]+[\\/]src[\\/]/;

/** Frames that are not the caller's: Node's, those of packages, and the ones that stand between tfjs and the graph. */
function isForeign(frame: string): boolean {
  if (tfjsSource.test(frame) || frame.includes("<anonymous>)")) return true;
  return frame.includes("node_modules") || frame.includes("node:") || ours.some((path) => frame.includes(path));
}

/** The line of code that made the op under way, as `file:line:column`: the innermost frame that is the caller's. */
export function callerLine(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = limit;
  const frame = stack
    .split("\n")
    .slice(1)
    .find((line) => !isForeign(line));
  return /\(?([^()\s]+:\d+:\d+)\)?$/.exec(frame ?? "")?.[1] ?? "an unknown line";
}
