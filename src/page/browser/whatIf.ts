import * as tf from "@tensorflow/tfjs";
import type { Intervention } from "../../inspection/capture.js";

/** A change of one head's arithmetic for one token. */
export interface WhatIf {
  layer: number;
  head: number;
  token: number;
  /** Added to this component of the query. */
  component: number;
  added: number;
  /** The masked scores are divided by it before softmax. */
  temperature: number;
}

/** The changes of the pass that do it; none where nothing is changed. */
export function whatIfInterventions({ layer, head, token, component, added, temperature }: WhatIf): Intervention[] {
  const attention = `blocks.${layer}.attention`;
  const interventions: Intervention[] = [];
  if (added !== 0) {
    const change = (query: tf.Tensor) =>
      tf.tidy(() => query.add(oneAt(query.shape, [0, head, token, component], added)));
    interventions.push({ layer: attention, point: "query", change });
  }
  if (temperature !== 1) {
    const change = (scores: tf.Tensor) =>
      tf.tidy(() => {
        const [, heads, length] = scores.shape as [number, number, number];
        const row = oneAt([1, heads, length, 1], [0, head, token, 0], 1 / temperature - 1);
        return scores.mul(row.add(1));
      });
    interventions.push({ layer: attention, point: "maskedScores", change });
  }
  return interventions;
}

/** Zeros of a shape, but for `value` at one place. */
function oneAt(shape: number[], place: number[], value: number): tf.Tensor {
  const buffer = tf.buffer(shape as [number]);
  buffer.set(value, ...place);
  return buffer.toTensor();
}
