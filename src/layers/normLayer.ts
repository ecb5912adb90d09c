import type * as tf from "@tensorflow/tfjs";
import { ModelLayer } from "./modelLayer.js";

/** A norm over features: `[B, T, C]` in and out. */
export abstract class NormLayer extends ModelLayer {
  /** Whether it takes the mean off first. */
  abstract readonly isCentered: boolean;

  abstract override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor;

  /**
   * `y` as this norm would treat it if it had the spread of `x`: an affine map of `y`, equal to the norm where `y = x`.
   * It says what each part of a sum `x` becomes. In: `[..., C]` each, of shapes that broadcast. Out: `[..., C]`.
   */
  abstract withScaleOf(x: tf.Tensor, y: tf.Tensor): tf.Tensor;
}
