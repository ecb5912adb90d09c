import { currentTrace } from "./trace/trace.js";
import type { InPlaceOp } from "./trace/variableTracker.js";

/** Whether a function is being traced, so that {@link changeInPlace} may be called. */
export function isTracing(): boolean {
  return currentTrace() !== undefined;
}

/**
 * Makes an op that changes variables in place, which TensorFlow.js does not have, part of the graph that is being traced.
 *
 * @throws CompileError if called inside `repeat`.
 */
export function changeInPlace(op: InPlaceOp): void {
  currentTrace()!.changeInPlace(op);
}
