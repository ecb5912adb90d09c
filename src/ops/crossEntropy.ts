import * as tf from "@tensorflow/tfjs";
import { nativeBackend, typeAttribute } from "../backends/native.js";

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
  const probabilities = logits.softmax(1); // [N, V]
  const [count, vocabSize] = logits.shape;
  const places = tf
    .range(0, count * vocabSize, vocabSize, "int32")
    .add(targets)
    .cast("int32");
  const short = logits.max(1).sub(logits.flatten().gather(places)); // [N], how far the target is below the likeliest
  // log Σ exp by way of the likeliest token, whose probability is at least 1/V and so never underflows.
  const losses = short.sub(probabilities.max(1).log());
  const target = tf.oneHot(targets, vocabSize).cast("float32"); // wasm's float32 oneHot holds the bits of whole numbers
  return { losses, slope: probabilities.sub(target) };
}
