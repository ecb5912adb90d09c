import * as tf from "@tensorflow/tfjs";
import { nativeBackend, typeAttribute } from "../backends/native.js";
import { changeInPlace, isTracing } from "../compile/changeInPlace.js";

/** A weight and Adam's moments of it; all of one shape. */
export interface AdamWState {
  weight: tf.Variable;
  m: tf.Variable;
  v: tf.Variable;
}

/** What changes from step to step; tensors, so that a compiled step does not fix them. */
export type AdamWScalars = {
  /** `lr / (1 - beta1^t) * sqrt(1 - beta2^t)`. */
  stepSize: tf.Scalar;
  /** `1e-8 * sqrt(1 - beta2^t)`. */
  epsilon: tf.Scalar;
  /** `1 - lr * decay`, what a weight that decays is multiplied by. */
  keep: tf.Scalar;
};

export interface AdamWRates {
  beta1: number;
  beta2: number;
  /** Whether the weight decays. */
  decays: boolean;
}

/**
 * One step of AdamW for one weight:
 *
 *     m = beta1 m + (1 - beta1) g          v = beta2 v + (1 - beta2) g²
 *     w = keep w - stepSize * m / (sqrt(v) + epsilon)
 *
 * In a compiled function one fused op does it, in place.
 *
 * @see Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101; Kingma & Ba 2015, section 2, for where the
 *   corrections of the moments stand
 */
export function adamWUpdate(state: AdamWState, gradient: tf.Tensor, scalars: AdamWScalars, rates: AdamWRates): void {
  const update = isTracing() ? updateInGraph : updateByFormula;
  tf.tidy(() => update(state, gradient, scalars, rates));
}

function updateByFormula(
  { weight, m, v }: AdamWState,
  gradient: tf.Tensor,
  { stepSize, epsilon, keep }: AdamWScalars,
  { beta1, beta2, decays }: AdamWRates,
): void {
  m.assign(m.mul(beta1).add(gradient.mul(1 - beta1)));
  v.assign(v.mul(beta2).add(gradient.square().mul(1 - beta2)));
  const change = m.div(v.sqrt().add(epsilon)).mul(stepSize);
  weight.assign((decays ? weight.mul(keep) : weight).sub(change));
}

function updateInGraph(
  { weight, m, v }: AdamWState,
  gradient: tf.Tensor,
  { stepSize, epsilon, keep }: AdamWScalars,
  { beta1, beta2, decays }: AdamWRates,
): void {
  const native = nativeBackend()!;
  if (decays) {
    const attributes = [typeAttribute(native, "dtype", "float32")];
    changeInPlace({ op: "AssignVariableOp", attributes, variables: [weight], tensors: [weight.mul(keep)] });
  }
  // Its own corrections of the moments are switched off by powers of 0: stepSize and epsilon hold them, exactly.
  const none = tf.scalar(0);
  changeInPlace({
    op: "ResourceApplyAdam",
    attributes: [typeAttribute(native, "T", "float32")],
    variables: [weight, m, v],
    tensors: [none, none, stepSize, tf.scalar(beta1), tf.scalar(beta2), epsilon, gradient],
  });
}
