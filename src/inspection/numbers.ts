import * as tf from "@tensorflow/tfjs";

/** A value of a forward pass, as plain numbers. */
export interface CapturedValue {
  shape: number[];
  values: Float32Array;
}

/** A value as plain numbers, which are the caller's own. */
export function numbersOf(value: tf.Tensor): CapturedValue {
  return { shape: value.shape, values: (value.dataSync() as Float32Array).slice() }; // wasm returns a view of memory that the pass uses again
}

/** The numbers of what `make` computes; its tensors are freed. */
export function computed(make: () => tf.Tensor): CapturedValue {
  const value = tf.tidy(make);
  const numbers = numbersOf(value);
  value.dispose();
  return numbers;
}

/** Plain numbers as a tensor again. */
export function tensorOf({ shape, values }: CapturedValue): tf.Tensor {
  return tf.tensor(values, shape);
}
