import * as tf from "@tensorflow/tfjs";
import { beforeEach, describe, expect, test } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { compile } from "../../src/compile/compile.js";
import { expectNoLeak, hasGraphs, numbers, thrown, variable, withCompiled } from "./support.js";

beforeEach(async () => {
  await useBackend("auto");
});

describe.skipIf(!hasGraphs)("compile: inputs, outputs and captured tensors", () => {
  test("makes one graph per set of shapes and types, for any order of the keys", () => {
    expectNoLeak(() => {
      let runs = 0;
      const fn = ({ a, b }: { a: tf.Tensor; b: tf.Tensor }) => {
        runs++;
        return { difference: a.sub(b) };
      };
      withCompiled(fn, (compiled) => {
        const [a, b, wide] = [tf.tensor([5, 7]), tf.tensor([1, 2]), tf.tensor([1, 2, 3])];
        expect(numbers(compiled({ a, b }))).toEqual({ difference: [4, 5] });
        expect(numbers(compiled({ b, a }))).toEqual({ difference: [4, 5] });
        expect(numbers(compiled({ a: b, b: a }))).toEqual({ difference: [-4, -5] });
        expect([compiled.traces, runs]).toEqual([1, 1]);
        expect(numbers(compiled({ a: wide, b: wide }))).toEqual({ difference: [0, 0, 0] });
        expect(numbers(compiled({ a, b }))).toEqual({ difference: [4, 5] });
        expect([compiled.traces, runs]).toEqual([2, 2]);
        const [i, j] = [a.cast("int32"), b.cast("int32")];
        expect(numbers(compiled({ a: i, b: j }))).toEqual({ difference: [4, 5] });
        expect(compiled.traces).toBe(3);
        tf.dispose([a, b, wide, i, j]);
      });
    });
  });

  test("frees the least recently used graph when there are more than maxGraphs", () => {
    const fn = ({ x }: { x: tf.Tensor }) => ({ y: x.add(1) });
    withCompiled(
      fn,
      (compiled) => {
        const call = (size: number) => tf.tidy(() => Array.from(compiled({ x: tf.zeros([size]) }).y.dataSync()));
        for (const size of [1, 2, 1, 3, 1]) expect(call(size)).toEqual(Array(size).fill(1));
        expect(compiled.traces).toBe(3); // 3 took the place of 2
        call(2);
        expect(compiled.traces).toBe(4);
        call(1);
        expect(compiled.traces).toBe(4);
      },
      { maxGraphs: 2 },
    );
    expect(thrown(() => compile(fn, { maxGraphs: 0 })).message).toBe(
      "compile.maxGraphs must be a whole number of at least 1: got 0",
    );
  });

  test("treats one tensor passed twice at the first call as two inputs", () => {
    expectNoLeak(() => {
      withCompiled(
        ({ a, b }: { a: tf.Tensor; b: tf.Tensor }) => ({ c: a.sub(b) }),
        (compiled) => {
          const [x, y] = [tf.scalar(5), tf.scalar(3)];
          expect(numbers(compiled({ a: x, b: x }))).toEqual({ c: [0] });
          expect(numbers(compiled({ a: x, b: y }))).toEqual({ c: [2] });
          tf.dispose([x, y]);
        },
      );
    });
  });

  test("returns inputs, constants, captured tensors, variables, and the same tensor twice", () => {
    expectNoLeak(() => {
      const captured = tf.tensor([7, 8]);
      const w = variable(1);
      const fn = ({ x }: { x: tf.Tensor }) => {
        const sum = x.add(w);
        const old = w.clone();
        w.assign(sum.mul(2));
        return { x, sum, again: sum, captured, three: tf.scalar(3), old, w: w as tf.Tensor };
      };
      withCompiled(fn, (compiled) => {
        for (const [x, old] of [
          [10, 1],
          [20, 22],
        ] as const) {
          const input = tf.scalar(x);
          const got = numbers(compiled({ x: input }));
          const sum = [x + old];
          const now = [2 * (x + old)];
          expect(got).toEqual({ x: [x], sum, again: sum, captured: [7, 8], three: [3], old: [old], w: now });
          expect(Array.from(w.dataSync())).toEqual(now);
          expect(input.dataSync()[0]).toBe(x);
          input.dispose();
        }
      });
      tf.dispose([captured, w]);
    });
  });

  test("takes and returns bool, int32 and empty tensors", () => {
    expectNoLeak(() => {
      const flag = variable(false, "bool");
      const count = variable(3, "int32");
      const fn = ({ b, i, empty }: { b: tf.Tensor; i: tf.Tensor; empty: tf.Tensor }) => {
        const or = b.logicalOr(flag);
        flag.assign(or.any());
        count.assign(count.add(i.sum()));
        return { or, next: i.add(count), none: empty.add(1), alsoNone: tf.zeros([2, 0]) };
      };
      withCompiled(fn, (compiled) => {
        const inputs = {
          b: tf.tensor([true, false], [2], "bool"),
          i: tf.tensor([1, 2], [2], "int32"),
          empty: tf.zeros([0, 3]),
        };
        expect(numbers(compiled(inputs))).toEqual({ or: [1, 0], next: [7, 8], none: [], alsoNone: [] });
        expect(numbers(compiled(inputs))).toEqual({ or: [1, 1], next: [10, 11], none: [], alsoNone: [] });
        const got = compiled(inputs);
        expect(Object.values(got).map(({ dtype, shape }) => [dtype, shape])).toEqual([
          ["bool", [2]],
          ["int32", [2]],
          ["float32", [0, 3]],
          ["float32", [2, 0]],
        ]);
        tf.dispose([got, inputs]);
        expect([flag.dataSync()[0], count.dataSync()[0]]).toEqual([1, 12]);
      });
      tf.dispose([flag, count]);
    });
  });

  test("allows any characters in names, unused inputs, no inputs and no outputs", () => {
    expectNoLeak(() => {
      const strange = { "a,b:0": tf.scalar(1), "": tf.scalar(2), "ünï code\n^": tf.scalar(3), "7": tf.scalar(4) };
      withCompiled(
        (inputs: Record<string, tf.Tensor>) => ({ "x:1,y": inputs["a,b:0"]!.add(inputs["7"]!), "": inputs[""]! }),
        (compiled) => expect(numbers(compiled(strange))).toEqual({ "x:1,y": [5], "": [2] }),
      );
      tf.dispose(strange);
      const w = variable(1);
      withCompiled(
        () => {
          w.assign(w.mul(3));
          return {};
        },
        (compiled) => {
          for (let i = 0; i < 3; i++) expect(compiled({})).toEqual({});
          expect(w.dataSync()[0]).toBe(27);
        },
      );
      withCompiled(
        () => ({}),
        (compiled) => expect(compiled({})).toEqual({}),
      );
      w.dispose();
    });
  });

  test("fixes tensors made before the first call, including clones of variables and inputs", () => {
    expectNoLeak(() => {
      const w = variable(1);
      const start = w.clone();
      const x = tf.scalar(10);
      const computed = tf.tidy(() => tf.scalar(2).mul(3)); // the addon has its numbers
      withCompiled(
        ({ x: given }: { x: tf.Tensor }) => {
          w.assign(w.add(1));
          return { moved: w.sub(start), more: given.sub(x), computed: computed.add(0) };
        },
        (compiled) => {
          expect(numbers(compiled({ x }))).toEqual({ moved: [1], more: [0], computed: [6] });
          computed.dispose();
          const y = tf.scalar(15);
          expect(numbers(compiled({ x: y }))).toEqual({ moved: [2], more: [5], computed: [6] });
          y.dispose();
        },
      );
      tf.dispose([w, start, x]);
    });
  });
});
