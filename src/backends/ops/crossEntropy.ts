import * as tf from "@tensorflow/tfjs";
import { nativeBackend, typeAttribute } from "../native.js";

/**
 * `-log softmax(logits)[target]`, in nats, for each row. In: `logits` `[N, V]` float32, `targets` `[N]` int32.
 * Out: `[N]`. Its gradient is `softmax(logits) - oneHot(target)`.
 */
export function crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor1D): tf.Tensor1D {
  const withGradient = tf.customGrad((input, save) => {
    const { losses, slope } = lossesAndSlope(input as tf.Tensor2D, targets);
    (save as tf.GradSaveFunc)([slope]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => saved[0]!.mul(dy.expandDims(1));
    return { value: losses, gradFunc };
  });
  return tf.tidy(() => withGradient(logits) as tf.Tensor1D);
}

function lossesAndSlope(logits: tf.Tensor2D, targets: tf.Tensor1D): { losses: tf.Tensor; slope: tf.Tensor } {
  const native = nativeBackend();
  if (native) {
    const attributes = [typeAttribute(native, "T", "float32"), typeAttribute(native, "Tlabels", "int32")];
    const name = "SparseSoftmaxCrossEntropyWithLogits";
    const [losses, slope] = native.executeMultipleOutputs(name, attributes, [logits, targets], 2);
    return { losses: losses!, slope: slope! };
  }
  const shifted = logits.sub(logits.max(1, true)); // [N, V]
  const exponentials = shifted.exp();
  const total = exponentials.sum(1, true); // [N, 1]
  const target = tf.oneHot(targets, logits.shape[1]).cast("float32");
  const losses = total.log().squeeze([1]).sub(shifted.mul(target).sum(1));
  return { losses, slope: exponentials.div(total).sub(target) };
}
