import * as tf from "@tensorflow/tfjs";
import { isTracing, recordRepeat } from "./trace.js";

export interface RepeatOptions {
  /**
   * Whether a turn is long: TensorFlow then makes the loop part of the graph around it, where each op costs more to
   * start, and more of them run side by side. @default false
   */
  long?: boolean;
}

/**
 * Runs `body` `count` times, with 0, 1, … as scalars. What is to be known in the next turn, or afterwards, `body`
 * assigns to variables made before. In a compiled function this is a loop of the graph: `body` is traced once, and
 * `count` may be another number at each call. No gradient goes through it.
 */
export function repeat(count: tf.Scalar, body: (turn: tf.Scalar) => void, { long = false }: RepeatOptions = {}): void {
  if (isTracing()) {
    recordRepeat(count.toInt(), body, { long });
    return;
  }
  const turns = Math.trunc(count.dataSync()[0]!);
  for (let turn = 0; turn < turns; turn++) tf.tidy(() => body(tf.scalar(turn, "int32")));
}
