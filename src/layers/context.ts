import type * as tf from "@tensorflow/tfjs";

/** Keys and values of the tokens before, kept so that a new token can be worked out alone. */
export interface AttentionCache {
  /** Tokens that the model can see, `T`. */
  readonly contextLength: number;
  /** Where the one token at hand stands, a scalar int32; undefined: the tokens at hand begin the text. */
  readonly position: tf.Scalar | undefined;
  /**
   * Takes in what a layer makes of the tokens at hand, and answers what they may look at. In: `keys` and `values`
   * `[1, H, T', D]`. Out: `[1, H, S, D]` each, and what to add to the scores, `[T', S]`.
   */
  update(
    layer: string,
    keys: tf.Tensor4D,
    values: tf.Tensor4D,
  ): { keys: tf.Tensor4D; values: tf.Tensor4D; mask: tf.Tensor2D };
}

/**
 * What a forward pass tells its layers beside the activations. It is passed to `call` as its second argument;
 * every field is optional, and without any a layer computes plain inference.
 */
export interface CallContext {
  /** Scalar int32 that seeds this step's dropout; without it nothing is dropped. */
  dropoutSeed?: tf.Scalar;
  /** Where the first sequence stands in the batch whose dropout this is. @default 0 */
  firstRow?: number;
  /** Remembers keys and values from call to call; for one sequence, without dropout. */
  cache?: AttentionCache;
  /** Whether only the last token's logits are wanted, `[B, 1, V]`. @default false */
  lastOnly?: boolean;
  /** Told every intermediate value worth seeing, as it is made. */
  observe?: (layer: string, what: string, value: tf.Tensor) => void;
}

/** The one tensor among a layer's inputs. */
export function single(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs;
}
