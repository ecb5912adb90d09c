import * as tf from "@tensorflow/tfjs";
import { type NativeBackend, typeAttribute } from "./native.js";

/**
 * Replaces native's gather. tfjs-node's reads the indices back to JavaScript to check them, at every call; TensorFlow
 * checks them itself.
 */
export function registerPlainGather(): void {
  const checking = tf.getKernel("GatherV2", "tensorflow");
  if (!checking || checking.kernelFunc === gather) return;
  tf.unregisterKernel("GatherV2", "tensorflow");
  tf.registerKernel({ ...checking, kernelFunc: gather });
}

const gather: tf.KernelFunc = ({ inputs, backend, attrs }) => {
  const native = backend as unknown as NativeBackend;
  const { x, indices } = inputs as { x: tf.Tensor; indices: tf.Tensor };
  const { axis, batchDims } = attrs as { axis: number; batchDims: number };
  const attributes = [
    { name: "batch_dims", type: native.binding.TF_ATTR_INT, value: batchDims },
    typeAttribute(native, "Tparams", x.dtype as "float32"),
    typeAttribute(native, "Tindices", indices.dtype as "int32"),
    typeAttribute(native, "Taxis", "int32"),
  ];
  return tf.tidy(() => native.executeSingleOutput("GatherV2", attributes, [x, indices, tf.scalar(axis, "int32")]));
};
