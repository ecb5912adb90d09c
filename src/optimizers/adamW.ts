import * as tf from "@tensorflow/tfjs";
import { loadVariables, readVariables, type VariableValues } from "../model/variables.js";
import { type AdamWScalars, adamWUpdate } from "../ops/adamWUpdate.js";

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
export class AdamW {
  /** The moments by name: `<weight>.m` and `<weight>.v`. */
  readonly moments: ReadonlyMap<string, tf.Variable>;

  constructor(
    private readonly weights: ReadonlyMap<string, tf.Variable>,
    private readonly config: AdamWConfig,
  ) {
    const zeros = (w: tf.Variable) => tf.tidy(() => tf.variable(tf.fill(w.shape, 0), false));
    this.moments = new Map(
      [...weights].flatMap(([name, w]) => [
        [`${name}.m`, zeros(w)],
        [`${name}.v`, zeros(w)],
      ]),
    );
  }

  /** What `update` needs at `step`, counted from 1; the caller disposes it. */
  scalars(step: number, learningRate: number): AdamWScalars {
    const { beta1, beta2, weightDecay } = this.config;
    const root = Math.sqrt(1 - beta2 ** step);
    return {
      stepSize: tf.scalar((learningRate * root) / (1 - beta1 ** step)),
      epsilon: tf.scalar(epsilon * root),
      keep: tf.scalar(1 - learningRate * weightDecay),
    };
  }

  /** Moves every weight; `gradients` are by weight name, each multiplied by `scale` first. */
  update(gradients: ReadonlyMap<string, tf.Tensor>, scale: tf.Scalar | undefined, scalars: AdamWScalars): void {
    const { beta1, beta2, weightDecay } = this.config;
    for (const [name, weight] of this.weights) {
      const state = { weight, m: this.moments.get(`${name}.m`)!, v: this.moments.get(`${name}.v`)! };
      const rates = { beta1, beta2, decays: weightDecay > 0 && weight.rank >= 2 };
      tf.tidy(() => {
        const gradient = gradients.get(name)!;
        adamWUpdate(state, scale ? gradient.mul(scale) : gradient, scalars, rates);
      });
    }
  }

  /** Copies of the moments, as plain numbers. */
  read(): Map<string, { shape: number[]; data: Float32Array }> {
    return readVariables(this.moments);
  }

  /** Replaces all moments. @throws CheckpointError naming one that is missing, unknown or of another shape. */
  load(values: VariableValues): void {
    loadVariables(this.moments, values);
  }

  dispose(): void {
    for (const moment of this.moments.values()) moment.dispose();
  }
}
