import * as tf from "@tensorflow/tfjs";

/**
 * Replaces wasm's Identity, which copies, by one that shares its input's numbers, as wasm's Reshape does: no kernel
 * changes what it is given. The tape clones all that a gradient needs, so a training step copied some 60 MB.
 */
export function registerSharingIdentity(): void {
  const copying = tf.getKernel("Identity", "wasm");
  if (!copying || sharing.has(copying.kernelFunc)) return;
  const kernelFunc: tf.KernelFunc = (call) => {
    const { x } = call.inputs as { x: tf.TensorInfo };
    if (x.dtype === "string") return copying.kernelFunc(call);
    (call.backend as tf.KernelBackend).incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  };
  sharing.add(kernelFunc);
  tf.unregisterKernel("Identity", "wasm");
  tf.registerKernel({ ...copying, kernelFunc });
}

const sharing = new WeakSet<tf.KernelFunc>();
