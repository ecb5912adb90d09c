import * as tf from "@tensorflow/tfjs";
import { sumOfSquares } from "../ops/sumOfSquares.js";

/** `sqrt(Σ g²)` over all elements of all gradients. Out: scalar. */
export function globalNorm(gradients: tf.Tensor[]): tf.Scalar {
  return tf.tidy(() => tf.addN(gradients.map(sumOfSquares)).sqrt() as tf.Scalar);
}

/**
 * The factor that scales gradients of global norm `norm` to a norm of at most `clip`:
 * `min(1, clip / (norm + 1e-6))`. Out: scalar.
 *
 * @see Pascanu et al. 2013, https://arxiv.org/abs/1211.5063
 */
export function clipScale(norm: tf.Scalar, clip: number): tf.Scalar {
  return tf.tidy(() => tf.scalar(clip).div(norm.add(1e-6)).minimum(1) as tf.Scalar);
}
