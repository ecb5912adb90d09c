import * as tf from "@tensorflow/tfjs";
import { beforeEach, describe, expect, test } from "vitest";
import { useBackend } from "../../../src/backends/choose.js";
import { compile } from "../../../src/compile/compile.js";
import { repeat } from "../../../src/compile/repeat.js";
import { counts, expectNoLeak, hasGraphs, numbers, thrown, variable, withCompiled } from "../support.js";

beforeEach(async () => {
  await useBackend("auto");
});

const value = (tensor: tf.Tensor): number => tensor.dataSync()[0]!;

describe.skipIf(!hasGraphs)("compile: variables", () => {
  test("may be assigned several times, from an input, a constant or a variable, and never be read", () => {
    expectNoLeak(() => {
      const [a, b, c, d, e] = [1, 2, 3, 4, 5].map((v) => variable(v)) as tf.Variable[];
      const fn = ({ x }: { x: tf.Tensor }) => {
        b!.assign(a!); // a has no other use, and is declared before b
        c!.assign(c!.add(1));
        c!.assign(c!.mul(10));
        d!.assign(x);
        e!.assign(tf.scalar(42));
        return {};
      };
      withCompiled(fn, (compiled) => {
        for (const x of [100, 200]) tf.tidy(() => compiled({ x: tf.scalar(x) }));
        expect([a, b, c, d, e].map((v) => value(v!))).toEqual([1, 1, 410, 200, 42]);
      });
      tf.dispose([a!, b!, c!, d!, e!]);
    });
  });

  test("can swap their values, and stay separate if made from the same tensor", () => {
    expectNoLeak(() => {
      const zero = tf.scalar(0);
      const [p, q] = [tf.variable(zero), tf.variable(zero)];
      zero.dispose();
      withCompiled(
        () => {
          const before = p.clone();
          p.assign(q.add(10));
          q.assign(before.sub(1));
          return {};
        },
        (compiled) => {
          compiled({});
          expect([value(p), value(q)]).toEqual([10, -1]);
          compiled({});
          expect([value(p), value(q)]).toEqual([9, 9]);
        },
      );
      expect([value(p), value(q)]).toEqual([9, 9]);
      tf.dispose([p, q]);
    });
  });

  test("can be read, replaced and cloned between calls", () => {
    expectNoLeak(() => {
      const w = variable([1, 2]);
      withCompiled(
        () => {
          w.assign(w.mul(2));
          return { sum: w.sum() };
        },
        (step) => {
          const first = w.clone();
          numbers(step({}));
          const second = w.clone();
          const [third, alike] = [w.clone(), tf.variable(w)];
          third.dispose();
          expect(numbers(step({}))).toEqual({ sum: [12] });
          expect([first, second, alike, w].map((t) => Array.from(t.dataSync()))).toEqual([
            [1, 2],
            [2, 4],
            [2, 4],
            [4, 8],
          ]);
          w.assign(first); // data that the session has had before
          expect(numbers(step({}))).toEqual({ sum: [6] });
          w.assign(second);
          w.assign(first);
          expect(numbers(step({}))).toEqual({ sum: [6] });
          const computed = w.add(1); // on the addon's own tensor, not a clone
          expect(numbers(step({}))).toEqual({ sum: [12] });
          expect([Array.from(computed.dataSync()), Array.from(second.dataSync())]).toEqual([
            [3, 5],
            [2, 4],
          ]);
          tf.dispose([first, second, alike, computed]);
        },
      );
      expect(Array.from(w.dataSync())).toEqual([4, 8]);
      w.dispose();
    });
  });

  test("can be inputs of the function that assigns them, and so can their clones", () => {
    expectNoLeak(() => {
      const w = variable(1);
      withCompiled(
        ({ x }: { x: tf.Tensor }) => {
          w.assign(w.add(x));
          return { x: x.add(0) };
        },
        (compiled) => {
          expect(numbers(compiled({ x: w }))).toEqual({ x: [1] });
          expect(numbers(compiled({ x: w }))).toEqual({ x: [2] });
          const clone = w.clone();
          expect(numbers(compiled({ x: clone }))).toEqual({ x: [4] });
          expect([value(clone), value(w)]).toEqual([4, 8]);
          clone.dispose();
        },
      );
      expect(value(w)).toBe(8);
      w.dispose();
    });
  });

  test("can be disposed before or after the function; a call after that is refused", () => {
    expectNoLeak(() => {
      for (const order of ["function first", "variable first", "between calls"]) {
        const w = variable(1, "float32", `w of ${order}`);
        const compiled = compile(() => {
          w.assign(w.add(1));
          return {};
        });
        compiled({});
        compiled({});
        if (order === "function first") compiled.dispose();
        else w.dispose();
        if (order === "between calls") {
          expect(thrown(() => compiled({})).message).toBe(
            "a compiled function's variables must outlive it: w of between calls is disposed (dispose the function too, and compile it again)",
          );
        }
        compiled.dispose();
        if (order === "function first") {
          expect(value(w)).toBe(3);
          compiled({}); // a new graph, from the current value
          expect(value(w)).toBe(4);
          compiled.dispose();
          w.dispose();
        }
      }
    });
  });

  test("can be disposed or assigned if the function does not use them, also in repeat", () => {
    expectNoLeak(() => {
      const [w, other, another] = [variable(1), variable(5), variable(6)];
      withCompiled(
        ({ x }: { x: tf.Tensor }) => {
          repeat(tf.scalar(2, "int32"), () => w.assign(w.add(x)));
          return { w: w.mul(10) };
        },
        (compiled) => {
          const x = tf.scalar(1);
          expect(numbers(compiled({ x }))).toEqual({ w: [30] });
          other.dispose();
          expect(numbers(compiled({ x }))).toEqual({ w: [50] });
          tf.tidy(() => another.assign(tf.scalar(7)));
          expect(numbers(compiled({ x }))).toEqual({ w: [70] });
          x.dispose();
        },
      );
      tf.dispose([w, another]);
    });
  });

  test("keep their values when the backend changes and changes back", async () => {
    const before = counts();
    const w = variable(1);
    const [seen, step] = [
      variable(0),
      compile(({ x }: { x: tf.Tensor }) => {
        w.assign(w.add(x));
        return {};
      }),
    ];
    const call = () => tf.tidy(() => step({ x: tf.scalar(10) }));
    call();
    const clone = w.clone();
    await useBackend("cpu");
    call();
    tf.tidy(() => seen.assign(clone.add(0)));
    await useBackend("native");
    call();
    call();
    expect([value(w), value(clone), value(seen)]).toEqual([41, 11, 11]);
    await useBackend("cpu");
    expect(value(w)).toBe(41);
    await useBackend("native");
    call();
    expect(value(w)).toBe(51);
    step.dispose();
    expect(value(w)).toBe(51);
    tf.dispose([w, seen, clone]);
    expect(counts().addonTensors).toBe(before.addonTensors);
  });

  test("do not change in a call that fails, and the next call works", () => {
    expectNoLeak(() => {
      const table = variable([1, 2, 3]);
      const calls = variable(0);
      const fn = ({ i }: { i: tf.Tensor }) => {
        calls.assign(calls.add(1));
        const row = tf.gather(table, i);
        table.assign(table.add(row));
        return { row };
      };
      withCompiled(fn, (compiled) => {
        const [good, bad] = [tf.scalar(1, "int32"), tf.scalar(7, "int32")];
        expect(numbers(compiled({ i: good }))).toEqual({ row: [2] });
        for (let k = 0; k < 20; k++) {
          const { name, message } = thrown(() => compiled({ i: bad }));
          expect(name).toBe("CompileError");
          expect(message).toMatch(
            /indices = 7 is not in \[0, 3\)[\s\S]*\nop\d+_GatherV2 is made at .*sessionVariables\.test\.ts:\d+:\d+$/,
          );
        }
        expect([value(calls), Array.from(table.dataSync())]).toEqual([1, [3, 4, 5]]);
        expect(numbers(compiled({ i: good }))).toEqual({ row: [4] });
        expect([value(calls), Array.from(table.dataSync())]).toEqual([2, [7, 8, 9]]);
        tf.dispose([good, bad]);
      });
      tf.dispose([table, calls]);
    });
  });

  test.each<[string, (n: tf.Tensor) => tf.Tensor, number[], number[]]>([
    ["an index", (n) => tf.tensor1d([1, 2]).gather(n.toInt()), [0, 1], [0, 2]],
    ["an integer's negative power", (n) => tf.tensor1d([2, 3], "int32").pow(n), [1, 2], [-1, 2]],
    [
      "the image that a box is cut from",
      (n) =>
        tf.image.cropAndResize(
          tf.ones([1, 4, 4, 1]),
          tf.tensor2d([[0, 0, 1, 1]]),
          n.slice(0, 1).toInt() as never,
          [2, 2],
        ),
      [0, 0],
      [5, 0],
    ],
  ])("do not change in a call that fails because of %s", (_, op, good, bad) => {
    expectNoLeak(() => {
      const calls = variable(0);
      const fn = ({ n }: { n: tf.Tensor }) => {
        calls.assign(calls.add(1));
        return { y: op(n) };
      };
      withCompiled(fn, (compiled) => {
        const call = (n: number[]) => tf.tidy(() => numbers(compiled({ n: tf.tensor1d(n, "int32") })));
        call(good);
        for (let k = 0; k < 20; k++) expect(thrown(() => call(bad)).name).toBe("CompileError");
        expect(value(calls)).toBe(1);
        call(good);
        expect(value(calls)).toBe(2);
      });
      calls.dispose();
    });
  });

  test("work with tfjs's optimizers, which train as eagerly once they have made their variables", () => {
    const train = (compiled: boolean) =>
      tf.tidy(() => {
        const w = variable([3, -2]);
        const adam = tf.train.adam(0.1);
        const loss = () => w.square().sum().add(w.sum()) as tf.Scalar;
        const fn = () => ({ loss: adam.minimize(loss, true, [w])! as tf.Tensor });
        numbers(fn());
        const step = compiled ? compile(fn) : fn;
        const losses = Array.from({ length: 20 }, () => numbers(step({})).loss![0]!);
        if ("dispose" in step) (step as { dispose(): void }).dispose();
        const result = [...losses, ...w.dataSync()];
        w.dispose();
        adam.dispose();
        return result;
      });
    expectNoLeak(() => {
      const [graph, eager] = [train(true), train(false)];
      for (const [i, want] of eager.entries()) expect(graph[i]).toBeCloseTo(want, 5);
    });
  });
});
