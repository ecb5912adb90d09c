import * as tf from "@tensorflow/tfjs";
import { beforeEach, describe, expect, test } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { compile } from "../../src/compile/compile.js";
import { expectNoLeak, hasGraphs, numbers, variable, withCompiled } from "./support.js";

beforeEach(async () => {
  await useBackend("auto");
});

describe.skipIf(!hasGraphs)("compile: calls", () => {
  test("work inside and outside tidy, and return tensors that the caller owns", () => {
    expectNoLeak(() => {
      withCompiled(
        ({ x }: { x: tf.Tensor }) => ({ y: x.square().add(x) }),
        (compiled) => {
          const kept = tf.tidy(() => compiled({ x: tf.scalar(3) }).y);
          expect(kept.dataSync()[0]).toBe(12);
          const x = tf.scalar(4);
          const { y } = compiled({ x });
          expect(y.dataSync()[0]).toBe(20);
          tf.dispose([kept, x, y]);
        },
      );
    });
  });

  test("inside another compiled function become part of its graph", () => {
    expectNoLeak(() => {
      const w = variable(2);
      const inner = compile(({ x }: { x: tf.Tensor }) => {
        w.assign(w.add(1));
        return { y: x.mul(w) };
      });
      withCompiled(
        ({ x }: { x: tf.Tensor }) => ({ z: inner({ x }).y.add(inner({ x }).y) }),
        (outer) => {
          const x = tf.scalar(10);
          expect(numbers(outer({ x }))).toEqual({ z: [70] }); // 10 * 3 + 10 * 4
          expect(numbers(inner({ x }))).toEqual({ y: [50] });
          expect(numbers(outer({ x }))).toEqual({ z: [130] });
          expect([outer.traces, inner.traces]).toEqual([1, 1]);
          x.dispose();
        },
      );
      inner.dispose();
      w.dispose();
    });
  });

  test("have the gradient of the function", () => {
    expectNoLeak(() => {
      withCompiled(
        ({ x }: { x: tf.Tensor }) => ({ y: x.square() }),
        (compiled) => {
          const x = tf.tensor([1, 2, 3]);
          tf.tidy(() => {
            numbers(compiled({ x }));
            const slope = tf.grad((v) => v.mul(compiled({ x: v }).y))(x); // of x³
            expect(Array.from(slope.dataSync())).toEqual([3, 12, 27]);
            const twice = tf.grad(tf.grad((v) => compiled({ x: v }).y))(x);
            expect(Array.from(twice.dataSync())).toEqual([2, 2, 2]);
          });
          x.dispose();
        },
      );
    });
  });

  test("with allowReads fix the values that the function reads back", () => {
    expectNoLeak(() => {
      withCompiled(
        ({ x }: { x: tf.Tensor }) => ({ y: x.add(x.sum().dataSync()[0]!) }),
        (compiled) => {
          const [x, y] = [tf.tensor([1, 2]), tf.tensor([10, 20])];
          expect(numbers(compiled({ x }))).toEqual({ y: [4, 5] });
          expect(numbers(compiled({ x: y }))).toEqual({ y: [13, 23] });
          tf.dispose([x, y]);
        },
        { allowReads: true },
      );
    });
  });

  test("run the function itself on a backend without graphs", async () => {
    await useBackend("cpu");
    const w = variable(1);
    let runs = 0;
    withCompiled(
      ({ x }: { x: tf.Tensor }) => {
        runs++;
        w.assign(w.add(x));
        return { w: w.clone() as tf.Tensor };
      },
      (compiled) => {
        const x = tf.scalar(5);
        expect([numbers(compiled({ x })), numbers(compiled({ x }))]).toEqual([{ w: [6] }, { w: [11] }]);
        expect([runs, compiled.traces]).toEqual([2, 0]);
        x.dispose();
      },
    );
    w.dispose();
  });
});
