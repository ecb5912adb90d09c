import * as tf from "@tensorflow/tfjs";

import { loadVariables, readVariables, type VariableValues } from "../model/variables.js";

export interface AdamWConfig {
  weightDecay: number;
  beta1: number;
  beta2: number;
}

/** Added to the root of the second moment. */
const epsilon = 1e-8;

/** What a step of AdamW needs beside the gradients; tensors, so that a compiled step does not fix them. */
export type AdamWScalars = {
  learningRate: tf.Scalar;
  /** `1 / (1 - beta1^step)` and `1 / (1 - beta2^step)`. */
  correction1: tf.Scalar;
  correction2: tf.Scalar;
};

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
    const zeros = (w: tf.Variable) => tf.tidy(() => tf.variable(tf.zeros(w.shape), false));
    this.moments = new Map(
      [...weights].flatMap(([name, w]) => [
        [`${name}.m`, zeros(w)],
        [`${name}.v`, zeros(w)],
      ]),
    );
  }

  /** The scalars of `step`, counted from 1. */
  scalars(step: number, learningRate: number): Record<keyof AdamWScalars, number> {
    const { beta1, beta2 } = this.config;
    return { learningRate, correction1: 1 / (1 - beta1 ** step), correction2: 1 / (1 - beta2 ** step) };
  }

  /** Moves every weight; `gradients` are by weight name, each multiplied by `scale` first. */
  update(gradients: ReadonlyMap<string, tf.Tensor>, scale: tf.Scalar | undefined, scalars: AdamWScalars): void {
    for (const [name, weight] of this.weights) {
      const gradient = gradients.get(name)!;
      tf.tidy(() => this.updateOne(name, weight, scale ? gradient.mul(scale) : gradient, scalars));
    }
  }

  private updateOne(name: string, weight: tf.Variable, gradient: tf.Tensor, scalars: AdamWScalars): void {
    const { beta1, beta2, weightDecay } = this.config;
    const { learningRate, correction1, correction2 } = scalars;
    const m = this.moments.get(`${name}.m`)!;
    const v = this.moments.get(`${name}.v`)!;
    m.assign(m.mul(beta1).add(gradient.mul(1 - beta1)));
    v.assign(v.mul(beta2).add(gradient.square().mul(1 - beta2)));
    const direction = m.mul(correction1).div(v.mul(correction2).sqrt().add(epsilon));
    const decays = weightDecay > 0 && weight.rank >= 2;
    const change = decays ? direction.add(weight.mul(weightDecay)) : direction;
    weight.assign(weight.sub(change.mul(learningRate)));
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
