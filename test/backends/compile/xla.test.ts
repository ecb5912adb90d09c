import "./xlaOn.js";

import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { slow } from "../../support/slow.js";
import { testGradients, testTraining } from "./agreement.js";
import { hasGraphs, numbers, variable, withCompiled } from "./support.js";

describe.skipIf(!hasGraphs || !slow)("the same with XLA", () => {
  test("the library was told to use it", () => {
    expect(process.env.TF_XLA_FLAGS).toBe("--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit");
  });

  testTraining("dropout, accumulation");
  testGradients("silu, dropout");

  test("variables, clones and outputs of old values stay apart", () => {
    const w = variable([1, 2]);
    withCompiled(
      ({ x }: { x: tf.Tensor }) => {
        const old = w.clone();
        w.assign(w.mul(2).add(x).tanh().mul(10));
        return { old, now: w as tf.Tensor, x };
      },
      (step) => {
        const x = tf.tensor([0.1, 0.2]);
        let expected = [1, 2];
        const clones: [tf.Tensor, number[]][] = [];
        for (let i = 0; i < 5; i++) {
          const next = expected.map((v, k) => 10 * Math.tanh(2 * v + [0.1, 0.2][k]!));
          const got = numbers(step({ x }));
          for (const k of [0, 1]) {
            expect(got.old![k]).toBeCloseTo(expected[k]!, 4);
            expect(got.now![k]).toBeCloseTo(next[k]!, 4);
          }
          clones.push([w.clone(), got.now!]);
          expected = next;
        }
        for (const [clone, values] of clones) expect(Array.from(clone.dataSync())).toEqual(values);
        tf.dispose([x, ...clones.map(([clone]) => clone)]);
      },
    );
    w.dispose();
  });
});
