import type * as tf from "@tensorflow/tfjs";
import { nativeBackend, typeAttribute } from "../backends/native.js";

/** `Σ x²` over all numbers. Out: scalar. */
export function sumOfSquares(x: tf.Tensor): tf.Scalar {
  const native = nativeBackend();
  if (!native) return x.square().sum() as tf.Scalar;
  const half = native.executeSingleOutput("L2Loss", [typeAttribute(native, "T", "float32")], [x]); // Σ x² / 2
  return half.mul(2);
}
