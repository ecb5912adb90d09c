import * as tf from "@tensorflow/tfjs";
import { nativeBackend, typeAttribute } from "../backends/native.js";
import type { ActivationKind } from "../config/model.js";

const sqrtTwoOverPi = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

/**
 * The feed-forward's non-linearities, element by element; in and out have one shape.
 *
 * - `gelu`: `x * Φ(x) = x/2 * (1 + erf(x / √2))`
 * - `gelu_new`: the tanh approximation that GPT-2 uses
 * - `relu`: `max(x, 0)`
 * - `relu2`: `max(x, 0)²` (So et al. 2021, https://arxiv.org/abs/2109.08668)
 * - `silu`: `x * sigmoid(x)`
 *
 * @see Hendrycks & Gimpel 2016, https://arxiv.org/abs/1606.08415
 */
export const activations: Record<ActivationKind, (x: tf.Tensor) => tf.Tensor> = {
  gelu: (x) => tf.tidy(() => x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1))),
  gelu_new: geluNew,
  relu: (x) => x.relu(),
  relu2: (x) => tf.tidy(() => x.relu().square()),
  silu: (x) => tf.tidy(() => x.mul(x.sigmoid())),
};

/**
 * The tanh approximation `x/2 * (1 + tanh(u))` with `u = √(2/π) * (x + 0.044715 x³)`, computed as `x * s` with
 * `s = sigmoid(2u)`, which is the same and has fewer passes. Its derivative `s + x * s * (1 - s) * 2u'` reuses `s`.
 */
function geluNew(input: tf.Tensor): tf.Tensor {
  const withGradient = tf.customGrad((a, save) => {
    const x = a as tf.Tensor;
    const square = x.square();
    const s = square
      .mul(2 * sqrtTwoOverPi * cubic)
      .add(2 * sqrtTwoOverPi)
      .mul(x)
      .sigmoid();
    (save as tf.GradSaveFunc)([x, square, s]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, square, s] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const twiceSlope = square.mul(6 * sqrtTwoOverPi * cubic).add(2 * sqrtTwoOverPi); // 2u'
      return dy.mul(s.add(sigmoidGradient(s, x).mul(twiceSlope)));
    };
    return { value: x.mul(s), gradFunc };
  });
  return tf.tidy(() => withGradient(input));
}

/** `dy * s * (1 - s)` for `s` a sigmoid's value. */
function sigmoidGradient(s: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  const native = nativeBackend();
  if (!native) return dy.mul(s).mul(s.neg().add(1));
  return native.executeSingleOutput("SigmoidGrad", [typeAttribute(native, "T", "float32")], [s, dy]);
}
