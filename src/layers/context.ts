import type * as tf from "@tensorflow/tfjs";

/**
 * What a forward pass tells its layers beside the activations. It is passed to `call` as its second argument;
 * every field is optional, and without any a layer computes plain inference.
 */
export interface CallContext {
  /** Scalar int32 that seeds this step's dropout; without it nothing is dropped. */
  dropoutSeed?: tf.Scalar;
  /** Told every intermediate value worth seeing, as it is made. */
  observe?: (layer: string, what: string, value: tf.Tensor) => void;
}

/** The one tensor among a layer's inputs. */
export function single(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs;
}
