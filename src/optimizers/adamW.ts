import * as tf from "@tensorflow/tfjs";
import { type AdamWScalars, adamWUpdate } from "../ops/adamWUpdate.js";
import { type NamedShapes, Optimizer } from "./optimizer.js";

export interface AdamWConfig {
  weightDecay: number;
  beta1: number;
  beta2: number;
}

/** Added to the root of the second moment. */
const epsilon = 1e-8;

/**
 * Adam with decoupled weight decay, for named weights. For a gradient `g` at step `t`:
 *
 *     m = beta1 m + (1 - beta1) g          v = beta2 v + (1 - beta2) g²
 *     w = w - lr * (m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + 1e-8) + decay * w)
 *
 * Decay applies to matrices only. It owns the moments `m` and `v`; call `dispose` when done.
 *
 * @see Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101
 */
export class AdamW extends Optimizer {
  constructor(
    weights: ReadonlyMap<string, tf.Variable>,
    private readonly config: AdamWConfig,
  ) {
    super(weights, AdamW.stateShapes);
  }

  /** Two moments a weight: `<weight>.m` and `<weight>.v`. */
  static stateShapes(weights: NamedShapes): Map<string, readonly number[]> {
    return new Map([...weights].flatMap(([name, shape]) => ["m", "v"].map((moment) => [`${name}.${moment}`, shape])));
  }

  override scalars(step: number, learningRate: number): AdamWScalars {
    const { beta1, beta2, weightDecay } = this.config;
    const root = Math.sqrt(1 - beta2 ** step);
    return {
      stepSize: tf.scalar((learningRate * root) / (1 - beta1 ** step)),
      epsilon: tf.scalar(epsilon * root),
      keep: tf.scalar(1 - learningRate * weightDecay),
    };
  }

  override update(
    gradients: ReadonlyMap<string, tf.Tensor>,
    scale: tf.Scalar | undefined,
    scalars: AdamWScalars,
  ): void {
    const { beta1, beta2, weightDecay } = this.config;
    for (const [name, weight] of this.weights) {
      const state = { weight, m: this.state.get(`${name}.m`)!, v: this.state.get(`${name}.v`)! };
      const rates = { beta1, beta2, decays: weightDecay > 0 && weight.rank >= 2 };
      tf.tidy(() => {
        const gradient = gradients.get(name)!;
        adamWUpdate(state, scale ? gradient.mul(scale) : gradient, scalars, rates);
      });
    }
  }
}
