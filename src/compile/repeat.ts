import * as tf from "@tensorflow/tfjs";
import { currentTrace } from "./trace/trace.js";

export interface RepeatOptions {
  /**
   * Set this if a turn takes a millisecond or more. TensorFlow then merges the loop into the graph around it, where each
   * op costs more to start but more of them run in parallel. @default false
   */
  long?: boolean;
}

/**
 * Calls `body` `count` times, with the int32 scalars 0, 1, …. To pass a value to the next turn, or to the code after the
 * loop, assign it to a variable made before. In a compiled function this is a loop of the graph: `body` is traced once,
 * and `count` may differ from call to call. Gradients do not flow through it.
 *
 * @throws CompileError in a compiled function, if a value made in `body` is used after the loop, or `body` changes a
 *   variable in place.
 */
export function repeat(count: tf.Scalar, body: (turn: tf.Scalar) => void, { long = false }: RepeatOptions = {}): void {
  const trace = currentTrace();
  if (trace) {
    trace.repeat(count.toInt(), body, { long });
    return;
  }
  const turns = Math.trunc(count.dataSync()[0]!);
  for (let turn = 0; turn < turns; turn++) tf.tidy(() => body(tf.scalar(turn, "int32")));
}
