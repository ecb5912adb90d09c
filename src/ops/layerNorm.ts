import * as tf from "@tensorflow/tfjs";

/**
 * `gain * (x - mean(x)) / sqrt(variance(x) + epsilon) + bias` over the last dimension.
 * In: `x` `[..., C]`, `gain` `[C]`, `bias` `[C]`. Out: `[..., C]`.
 *
 * With `n = (x - mean) / sqrt(variance + epsilon)` and `d = dy * gain` the gradient is
 * `dx = (d - mean(d) - n * mean(d * n)) / sqrt(variance + epsilon)`, in fewer passes than op by op.
 *
 * @see Ba, Kiros & Hinton 2016, https://arxiv.org/abs/1607.06450
 */
export function layerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor | undefined, epsilon: number): tf.Tensor {
  return tf.tidy(() => {
    const scaled = normalize(x, epsilon).mul(gain);
    return bias ? scaled.add(bias) : scaled;
  });
}

function normalize(input: tf.Tensor, epsilon: number): tf.Tensor {
  const withGradient = tf.customGrad((x, save) => {
    const centred = (x as tf.Tensor).sub((x as tf.Tensor).mean(-1, true));
    const inverse = centred.square().mean(-1, true).add(epsilon).rsqrt(); // [..., 1]
    const value = centred.mul(inverse);
    (save as tf.GradSaveFunc)([value, inverse]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [n, scale] = saved as [tf.Tensor, tf.Tensor];
      return dy
        .sub(dy.mean(-1, true))
        .sub(n.mul(dy.mul(n).mean(-1, true)))
        .mul(scale);
    };
    return { value, gradFunc };
  });
  return withGradient(input);
}
