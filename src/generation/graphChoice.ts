import * as tf from "@tensorflow/tfjs";
import type { Choice } from "./filters.js";
import { leastLogit } from "./filters.js";

/** Which filters apply; there is one graph per combination. */
export interface ChoiceKind {
  /** The likeliest token is taken. */
  greedy: boolean;
  penalizes: boolean;
  topK: number;
  hasTopP: boolean;
  hasMinP: boolean;
}

export function choiceKind(
  { temperature, topK, topP, minP, repetitionPenalty }: Choice,
  vocabSize: number,
): ChoiceKind {
  const greedy = temperature === 0;
  const penalizes = repetitionPenalty !== 1;
  if (greedy) return { greedy, penalizes, topK: 0, hasTopP: false, hasMinP: false };
  return { greedy, penalizes, topK: Math.min(topK, vocabSize), hasTopP: topP < 1, hasMinP: minP > 0 };
}

/** The numbers of a choice, `[4]`, which may differ from call to call; {@link unpackChoice} separates them. */
export function packChoice({ temperature, topP, minP, repetitionPenalty }: Choice): Float32Array {
  return Float32Array.of(temperature, topP, leastLogit(temperature, minP), repetitionPenalty);
}

interface ChoiceNumbers {
  temperature: tf.Scalar;
  topP: tf.Scalar;
  least: tf.Scalar;
  penalty: tf.Scalar;
}

export function unpackChoice(numbers: tf.Tensor1D): ChoiceNumbers {
  const [temperature, topP, least, penalty] = tf.unstack(numbers) as [tf.Scalar, tf.Scalar, tf.Scalar, tf.Scalar];
  return { temperature, topP, least, penalty };
}

/** `penalizeRepetition` as ops: `seen` `[V]` is 1 for tokens seen, else 0. */
export function penalizeInGraph(logits: tf.Tensor1D, seen: tf.Tensor1D, penalty: tf.Scalar): tf.Tensor1D {
  const penalized = tf.where(logits.greater(0), logits.div(penalty), logits.mul(penalty));
  return tf.where(seen.greater(0), penalized, logits) as tf.Tensor1D;
}

/** `choose` as ops. In: `logits` and `noise` `[V]`, noise unless greedy. Out: the token's id, int32. */
export function chooseInGraph(
  logits: tf.Tensor1D,
  noise: tf.Tensor1D | undefined,
  { greedy, topK, hasTopP, hasMinP }: ChoiceKind,
  { temperature, topP, least }: ChoiceNumbers,
): tf.Scalar {
  if (greedy || !noise) return logits.argMax().cast("int32");
  const ranked = topK > 0 || hasTopP ? tf.topk(logits, topK || logits.shape[0]) : undefined;
  const values = (ranked?.values ?? logits) as tf.Tensor1D;
  const highest = ranked ? values.slice([0], [1]) : values.max();
  const tests: tf.Tensor[] = [];
  if (hasTopP) {
    const weights = values.sub(highest).div(temperature).exp();
    tests.push(tf.cumsum(weights, 0, true).less(weights.sum().mul(topP)));
  }
  if (hasMinP) tests.push(values.greaterEqual(highest.add(least)));
  const sums = values.add(ranked ? noise.gather(ranked.indices as tf.Tensor1D) : noise);
  const kept = tests.reduce((sum, test) => tf.where(test, sum, Number.NEGATIVE_INFINITY), sums as tf.Tensor);
  const place = kept.argMax();
  return (ranked ? ranked.indices.gather(place as tf.Tensor1D) : place).cast("int32") as tf.Scalar;
}
