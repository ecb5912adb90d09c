import * as tf from "@tensorflow/tfjs";
import { type NamedShapes, Optimizer } from "./optimizer.js";

export interface SgdConfig {
  weightDecay: number;
  momentum: number;
}

type SgdScalars = {
  learningRate: tf.Scalar;
  /** `1 - lr * decay`, what a weight that decays is multiplied by. */
  keep: tf.Scalar;
};

/**
 * Gradient descent with momentum and decoupled weight decay, for named weights. For a gradient `g`:
 *
 *     v = momentum v + g          w = w - lr * (v + decay * w)
 *
 * Decay applies to matrices only. It owns the velocities `v`; call `dispose` when done.
 *
 * @see Sutskever et al. 2013, https://proceedings.mlr.press/v28/sutskever13.html; Loshchilov & Hutter 2019 (the decay)
 */
export class Sgd extends Optimizer {
  constructor(
    weights: ReadonlyMap<string, tf.Variable>,
    private readonly config: SgdConfig,
  ) {
    super(weights, Sgd.stateShapes);
  }

  /** A velocity for each weight: `<weight>.velocity`. */
  static stateShapes(weights: NamedShapes): Map<string, readonly number[]> {
    return new Map([...weights].map(([name, shape]) => [`${name}.velocity`, shape]));
  }

  override scalars(_step: number, learningRate: number): SgdScalars {
    return { learningRate: tf.scalar(learningRate), keep: tf.scalar(1 - learningRate * this.config.weightDecay) };
  }

  override update(
    gradients: ReadonlyMap<string, tf.Tensor>,
    scale: tf.Scalar | undefined,
    { learningRate, keep }: SgdScalars,
  ): void {
    const { momentum, weightDecay } = this.config;
    for (const [name, weight] of this.weights) {
      const velocity = this.state.get(`${name}.velocity`)!;
      const decays = weightDecay > 0 && weight.rank >= 2;
      tf.tidy(() => {
        const gradient = gradients.get(name)!;
        velocity.assign(velocity.mul(momentum).add(scale ? gradient.mul(scale) : gradient));
        weight.assign((decays ? weight.mul(keep) : weight).sub(velocity.mul(learningRate)));
      });
    }
  }
}
