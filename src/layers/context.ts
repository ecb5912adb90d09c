import type * as tf from "@tensorflow/tfjs";
import { DataError } from "../core/errors.js";
import type { Point } from "./points.js";

/** Keys and values of the tokens before, kept so that a new token can be worked out alone. */
export interface AttentionCache {
  /** Tokens that the model can see, `T`. */
  readonly contextLength: number;
  /** The position of the one current token, a scalar int32; undefined: the current tokens begin the text. */
  readonly position: tf.Scalar | undefined;
  /**
   * Stores what a layer makes of the current tokens, and returns what they may look at. In: `keys` and `values`
   * `[1, H, T', D]`. Out: `[1, H, S, D]` each, and what to add to the scores, `[T', S]`.
   */
  update(
    layer: string,
    keys: tf.Tensor4D,
    values: tf.Tensor4D,
  ): { keys: tf.Tensor4D; values: tf.Tensor4D; mask: tf.Tensor2D };
}

/**
 * What a forward pass passes to its layers besides the activations. It is passed to `call` as its second argument;
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
  /**
   * Called at every named point of the pass, with the value there; what it returns, if anything, takes the value's place.
   * It may read the value at once, or keep a copy (`tf.keep(value.clone())`): the pass frees its own.
   */
  tap?: (layer: string, point: Point, value: tf.Tensor) => tf.Tensor | undefined;
}

/** The one tensor among a layer's inputs. */
export function single(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs;
}

/**
 * What a pass goes on with at a point: `value`, or what the tap puts in its place.
 *
 * @throws DataError if that has another shape or type.
 */
export function tapped<T extends tf.Tensor>({ tap }: CallContext, layer: string, point: Point, value: T): T {
  const other = tap?.(layer, point, value);
  if (!other || other === value) return value;
  if (other.shape.join() !== value.shape.join() || other.dtype !== value.dtype) {
    throw new DataError({
      field: `tap of ${layer}, ${point}`,
      rule: `return ${value.dtype} [${value.shape}]`,
      got: `${other.dtype} [${other.shape}]`,
    });
  }
  return other.clone() as T; // the pass frees its values, and the tap's are not its own
}
