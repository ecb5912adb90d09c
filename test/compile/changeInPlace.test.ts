import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/compile/compile.js";
import { adamWUpdate } from "../../src/ops/adamWUpdate.js";
import { expectClose } from "../support/numbers.js";
import { hasGraphs } from "./support.js";

type Scalars = { stepSize: tf.Scalar; epsilon: tf.Scalar; keep: tf.Scalar };
type Step = (state: Record<"weight" | "m" | "v", tf.Variable>, scalars: Scalars) => Record<string, tf.Tensor>;

const gradient = () => tf.tensor1d([2, -3]);
const rates = { beta1: 0.9, beta2: 0.99, decays: true };

/** The outputs of two calls of a step, and the variables after each. */
function outcome(step: Step, isCompiled: boolean): number[] {
  const state = {
    weight: tf.variable(tf.tensor1d([1, 2])),
    m: tf.variable(tf.tensor1d([0.5, 0.25])),
    v: tf.variable(tf.tensor1d([0.1, 0.2])),
  };
  const fn = (scalars: Scalars) => step(state, scalars);
  const call = isCompiled ? compile(fn) : fn;
  const seen = tf.tidy(() =>
    [0.1, 0.05].flatMap((rate) => {
      const scalars = { stepSize: tf.scalar(rate), epsilon: tf.scalar(1e-8), keep: tf.scalar(1 - rate) };
      const outputs = Object.values(call(scalars)).flatMap((t) => Array.from(t.dataSync()));
      return [...outputs, ...Object.values(state).flatMap((v) => Array.from(v.dataSync()))];
    }),
  );
  if (isCompiled) (call as ReturnType<typeof compile>).dispose();
  tf.dispose(Object.values(state));
  return seen;
}

const steps: Record<string, Step> = {
  "is read before and after": (state, scalars) => {
    const before = state.weight.mul(2);
    adamWUpdate(state, gradient(), scalars, rates);
    return { before, after: state.weight.mul(3), moments: state.m.add(state.v) };
  },
  "is assigned before": (state, scalars) => {
    state.m.assign(tf.tensor1d([5, 5]));
    state.weight.assign(state.weight.add(10));
    adamWUpdate(state, gradient(), scalars, { ...rates, decays: false });
    return { after: state.weight.add(0) };
  },
  "is read, then assigned after": (state, scalars) => {
    const old = state.weight.clone();
    adamWUpdate(state, gradient(), scalars, rates);
    const seen = state.weight.add(0);
    state.weight.assign(old);
    return { seen };
  },
  "is changed twice": (state, scalars) => {
    adamWUpdate(state, gradient(), scalars, rates);
    const between = state.weight.add(0);
    adamWUpdate(state, gradient().mul(between), scalars, rates);
    return { between };
  },
};

describe.skipIf(!hasGraphs)("a variable changed in place in a graph", () => {
  it.each(Object.keys(steps))("has the values of the eager function when it %s", (name) => {
    expectClose(outcome(steps[name]!, true), outcome(steps[name]!, false));
  });

  it("differs from an unchanged variable", () => {
    const nothing: Step = ({ weight }) => ({ weight: weight.add(0) });
    expect(outcome(steps["is changed twice"]!, true)).not.toEqual(outcome(nothing, true));
  });
});
