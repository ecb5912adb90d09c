import * as tf from "@tensorflow/tfjs";
import type { ActivationKind } from "../../config/model.js";

const sqrtTwoOverPi = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

/**
 * The feed-forward's non-linearity, element by element; in and out have one shape.
 *
 * - `gelu`: `x * Φ(x) = x/2 * (1 + erf(x / √2))`
 * - `gelu_new`: the tanh approximation that GPT-2 uses
 * - `relu`: `max(x, 0)`
 * - `silu`: `x * sigmoid(x)`
 *
 * @see Hendrycks & Gimpel 2016, https://arxiv.org/abs/1606.08415
 */
export function activation(kind: ActivationKind, x: tf.Tensor): tf.Tensor {
  switch (kind) {
    case "gelu":
      return tf.tidy(() => x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1)));
    case "gelu_new":
      return geluNew(x);
    case "relu":
      return x.relu();
    case "silu":
      return tf.tidy(() => x.mul(x.sigmoid()));
  }
}

/**
 * `x/2 * (1 + t)` with `t = tanh(√(2/π) * (x + 0.044715 x³))`; its derivative
 * `(1 + t)/2 + x/2 * (1 - t²) * √(2/π) * (1 + 3 * 0.044715 x²)` reuses `t`.
 */
function geluNew(input: tf.Tensor): tf.Tensor {
  const withGradient = tf.customGrad((a, save) => {
    const x = a as tf.Tensor;
    const t = x
      .mul(
        x
          .square()
          .mul(sqrtTwoOverPi * cubic)
          .add(sqrtTwoOverPi),
      )
      .tanh();
    (save as tf.GradSaveFunc)([x, t]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, t] = saved as [tf.Tensor, tf.Tensor];
      const inner = x
        .square()
        .mul(3 * cubic * sqrtTwoOverPi)
        .add(sqrtTwoOverPi);
      const slope = t.square().neg().add(1).mul(x).mul(inner).add(t).add(1).mul(0.5);
      return dy.mul(slope);
    };
    return { value: x.mul(0.5).mul(t.add(1)), gradFunc };
  });
  return tf.tidy(() => withGradient(input));
}
