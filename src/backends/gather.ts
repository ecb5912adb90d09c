import * as tf from "@tensorflow/tfjs";
import type { NativeBackend, OpAttribute } from "./native.js";

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
  const native = backend as unknown as NativeBackend & { getDTypeInteger(dtype: tf.DataType): number };
  const { x, indices } = inputs as { x: tf.Tensor; indices: tf.Tensor };
  const { axis, batchDims } = attrs as { axis: number; batchDims: number };
  const { TF_ATTR_INT, TF_ATTR_TYPE } = native.binding;
  const type = (name: string, dtype: tf.DataType): OpAttribute => {
    return { name, type: TF_ATTR_TYPE, value: native.getDTypeInteger(dtype) };
  };
  const attributes = [
    { name: "batch_dims", type: TF_ATTR_INT, value: batchDims },
    type("Tparams", x.dtype),
    type("Tindices", indices.dtype),
    type("Taxis", "int32"),
  ];
  return tf.tidy(() => native.executeSingleOutput("GatherV2", attributes, [x, indices, tf.scalar(axis, "int32")]));
};
