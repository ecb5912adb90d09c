import * as tf from "@tensorflow/tfjs";
import { beforeEach, describe, expect, test } from "vitest";
import { useBackend } from "../../../src/backends/choose.js";
import { compile } from "../../../src/compile/compile.js";
import { repeat } from "../../../src/compile/repeat.js";
import { adamWUpdate } from "../../../src/ops/adamWUpdate.js";
import { dropoutMask } from "../../../src/ops/dropout.js";
import { slow } from "../../support/slow.js";
import { options, testGradients } from "../agreement.js";
import { expectNoLeak, hasGraphs, numbers, thrown, variable, withCompiled } from "../support.js";

beforeEach(async () => {
  await useBackend("auto");
});

describe.skipIf(!hasGraphs)("compile with xla", () => {
  test("keeps variables, clones and outputs of old values separate", () => {
    expectNoLeak(() => {
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
            expect(got.x).toEqual(Array.from(x.dataSync()));
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
        { xla: true },
      );
      w.dispose();
    });
  });

  test("really uses XLA, whose own message says that it has no kernel for an op", () => {
    const widest = ({ x }: { x: tf.Tensor }) => {
      return { y: tf.dilation2d(x as tf.Tensor4D, tf.zeros([1, 2, 1]) as tf.Tensor3D, 1, "valid") as tf.Tensor };
    };
    const x = tf.tensor4d([1, 3, 2], [1, 1, 3, 1]);
    withCompiled(widest, (plain) => expect(numbers(plain({ x }))).toEqual({ y: [3, 3] }));
    const { name, message } = withCompiled(widest, (compiled) => thrown(() => compiled({ x })), { xla: true });
    expect(name).toBe("CompileError");
    expect(message).toMatch(/Dilation2D.*No registered 'Dilation2D' OpKernel for XLA_CPU_JIT/);
    expect(message).toMatch(/\nop\d+_Dilation2D is made at \S*xlaGraph\.test\.ts:\d+:\d+$/);
    x.dispose();
  });

  test("draws the same random numbers as without XLA, to the bit", () => {
    const masks = ({ step }: { step: tf.Tensor }) => {
      const draw = (site: number) =>
        dropoutMask([40], 0.5, { step: step.add(tf.scalar(1, "int32")) as tf.Scalar, site });
      return { a: draw(0).mul(3), b: draw(1) };
    };
    const step = tf.scalar(12, "int32");
    const want = tf.tidy(() => numbers(masks({ step })));
    expect(want.a).not.toEqual(want.b);
    withCompiled(masks, (compiled) => expect(numbers(compiled({ step }))).toEqual(want), { xla: true });
    step.dispose();
  });

  test("refuses random numbers in repeat, which would differ from those without XLA", () => {
    const mask = variable(new Array(4).fill(0));
    const fn = ({ step }: { step: tf.Tensor }) => {
      repeat(tf.scalar(2, "int32"), (turn) => {
        mask.assign(dropoutMask([4], 0.5, { step: step.add(turn) as tf.Scalar, site: 0 }));
      });
      return {};
    };
    const step = tf.scalar(1, "int32");
    withCompiled(fn, (compiled) => void compiled({ step }));
    const { name, message } = withCompiled(fn, (compiled) => thrown(() => compiled({ step })), { xla: true });
    expect([name, message]).toEqual([
      "CompileError",
      "a compiled function with xla must not draw random numbers in repeat (draw them before it)",
    ]);
    tf.dispose([mask, step]);
  });

  test("refuses random numbers from a variable changed in place, because it draws them before the change", () => {
    const state = { weight: variable([1, 2]), m: variable([0, 0]), v: variable([0, 0]) };
    const fn = ({ rate }: { rate: tf.Tensor }) => {
      const scalars = { stepSize: rate as tf.Scalar, epsilon: tf.scalar(1e-8), keep: tf.scalar(0.9) };
      adamWUpdate(state, state.weight.square(), scalars, { beta1: 0.9, beta2: 0.99, decays: true });
      return { mask: dropoutMask([4], 0.5, { step: state.weight.sum().toInt() as tf.Scalar, site: 0 }) };
    };
    const rate = tf.scalar(0.1);
    const { name, message } = withCompiled(fn, (compiled) => thrown(() => compiled({ rate })), { xla: true });
    expect([name, message]).toEqual([
      "CompileError",
      "a compiled function with xla must not draw random numbers from a variable changed in place (draw them before it)",
    ]);
    tf.dispose([Object.values(state), rate]);
  });

  test("changes variables in place that it shares with a function without XLA", () => {
    expectNoLeak(() => {
      const state = { weight: variable([1, 2]), m: variable([0, 0]), v: variable([0, 0]) };
      const update = ({ rate }: { rate: tf.Tensor }) => {
        const before = state.weight.mul(2);
        const scalars = { stepSize: rate as tf.Scalar, epsilon: tf.scalar(1e-8), keep: tf.scalar(0.9) };
        adamWUpdate(state, state.weight.square(), scalars, { beta1: 0.9, beta2: 0.99, decays: true });
        return { before, after: state.weight.add(0) };
      };
      const [byXla, plain] = [compile(update, { xla: true }), compile(update)];
      const run = (fn: typeof byXla) => tf.tidy(() => numbers(fn({ rate: tf.scalar(0.1) })));
      const reset = () =>
        tf.tidy(() =>
          Object.values(state).forEach((v, i) => {
            v.assign(tf.tensor1d(i === 0 ? [1, 2] : [0, 0]));
          }),
        );
      const want = [run(plain), run(plain), run(plain)].map((r) => [r.before!, r.after!]);
      reset();
      const got = [run(byXla), run(plain), run(byXla)].map((r) => [r.before!, r.after!]);
      for (const [i, numbers] of want.flat(2).entries()) expect(got.flat(2)[i]).toBeCloseTo(numbers, 5);
      for (const fn of [byXla, plain]) fn.dispose();
      tf.dispose({ ...state });
    });
  });
});

describe.skipIf(!hasGraphs || !slow)("gradients by XLA", () => {
  for (const name of Object.keys(options)) testGradients(name, { xla: true });
});
