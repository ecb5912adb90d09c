/** Frames that are not the caller's: tfjs, this folder, and Node itself. */
const foreign = /node_modules|node:internal|[\\/]backends[\\/]compile[\\/]|[\\/]dist[\\/]src[\\/]backends[\\/]compile/;

/** The line of code that made the op under way, as `file:line:column`: the innermost frame outside tfjs and this folder. */
export function callerLine(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = limit;
  const frame = stack
    .split("\n")
    .slice(1)
    .find((line) => !foreign.test(line));
  return /\(?([^()\s]+:\d+:\d+)\)?$/.exec(frame ?? "")?.[1] ?? "an unknown line";
}
