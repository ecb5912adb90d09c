import * as tf from "@tensorflow/tfjs";

/** Added to a score to make its softmax weight exactly 0 in float32. */
export const hidden = -1e9;

/**
 * What is added to attention scores so that a query sees no later key: 0 where `key <= query`, -1e9 elsewhere.
 * The queries are the last of the keys. Out: `[queries, keys]`.
 */
export function causalMask(queries: number, keys: number): tf.Tensor2D {
  return tf.tidy(() => {
    const query = tf.range(keys - queries, keys, 1, "int32").expandDims(1); // [queries, 1]
    const key = tf.range(0, keys, 1, "int32").expandDims(0); // [1, keys]
    return key.greater(query).cast("float32").mul(hidden) as tf.Tensor2D;
  });
}
