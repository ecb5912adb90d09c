import * as tf from "@tensorflow/tfjs";

/**
 * `x · weight + bias` over the last dimension. In: `x` `[..., in]`, `weight` `[in, out]` (`[out, in]` when
 * `transposed`), `bias` `[out]`. Out: `[..., out]`.
 *
 * The product is done on two dimensions: TensorFlow.js sums the gradient of a broadcast matMul wrongly.
 */
export function linear(
  x: tf.Tensor,
  weight: tf.Tensor,
  { bias, transposed = false }: { bias?: tf.Tensor; transposed?: boolean } = {},
): tf.Tensor {
  return tf.tidy(() => {
    const rows = x.reshape([-1, x.shape.at(-1)!]); // [rows, in]
    const product = tf.matMul(rows, weight as tf.Tensor2D, false, transposed); // [rows, out]
    const sum = bias ? product.add(bias) : product;
    return sum.reshape([...x.shape.slice(0, -1), sum.shape[1]!]);
  });
}
