import * as tf from "@tensorflow/tfjs";
import { nativeBackend, typeAttribute } from "../backends/native.js";

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
    const sum = bias ? biasAdd(product, bias) : product;
    return sum.reshape([...x.shape.slice(0, -1), sum.shape[1]!]);
  });
}

/** `x + bias`; on native by ops that TensorFlow merges with the product, and that sum the gradient's rows faster. */
function biasAdd(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const native = nativeBackend();
  if (!native) return x.add(bias);
  const attributes = [typeAttribute(native, "T", "float32")];
  const withGradient = tf.customGrad((a, b) => ({
    value: native.executeSingleOutput("BiasAdd", attributes, [a as tf.Tensor, b as tf.Tensor]),
    gradFunc: (dy: tf.Tensor) => [dy.clone(), native.executeSingleOutput("BiasAddGrad", attributes, [dy])],
  }));
  return withGradient(x, bias);
}
