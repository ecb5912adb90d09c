import * as tf from "@tensorflow/tfjs";
import { beforeEach, describe, expect, test } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { compile, type Tensors } from "../../src/compile/compile.js";
import { repeat } from "../../src/compile/repeat.js";
import { adamWUpdate } from "../../src/ops/adamWUpdate.js";
import { onEveryBackend } from "../support/backends.js";
import { opTable, type Samples } from "./opTable.js";
import { counts, expectNoLeak, hasGraphs, numbers, samples, thrown, variable, withCompiled } from "./support.js";

const int = (value: number) => tf.scalar(value, "int32");
const value = (tensor: tf.Tensor): number => tensor.dataSync()[0]!;

/** The loop in JavaScript: `x` doubles and grows by `turn * step`; `sum` adds up `x`. */
function plain(turns: number, [x, sum]: [number, number], step: number): [number, number] {
  for (let turn = 0; turn < turns; turn++) {
    x = 2 * x + turn * step;
    sum += x;
  }
  return [x, sum];
}

onEveryBackend("repeat", (backend) => {
  test("runs its body that many times, passes the turn, and keeps what the body assigns", () => {
    const [x, sum, unused] = [variable(1), variable(0), variable(7)];
    const fn = ({ turns, step }: { turns: tf.Tensor; step: tf.Tensor }) => {
      const captured = step.mul(2); // in the graph around the loop
      repeat(turns as tf.Scalar, (turn) => {
        x.assign(x.mul(2).add(turn.cast("float32").mul(captured).div(2)));
        sum.assign(sum.add(x).add(unused.mul(0)));
      });
      return { last: x.mul(10), sum: sum.clone() as tf.Tensor };
    };
    let state: [number, number] = [1, 0];
    withCompiled(fn, (compiled) => {
      for (const [turns, step] of [
        [3, 1],
        [0, 5],
        [1, 2],
        [4, -1],
      ] as const) {
        state = plain(turns, state, step);
        const got = tf.tidy(() => numbers(compiled({ turns: int(turns), step: tf.scalar(step) })));
        expect(got).toEqual({ last: [10 * state[0]], sum: [state[1]] });
        expect([value(x), value(sum), value(unused)]).toEqual([...state, 7]);
      }
      expect(compiled.traces).toBe(backend === "native" ? 1 : 0);
    });
    tf.dispose([x, sum, unused]);
  });

  test("leaves no tensors in memory", () => {
    const x = variable([1, 2]);
    const before = tf.memory().numTensors;
    withCompiled(
      ({ turns }: { turns: tf.Tensor }) => {
        repeat(turns as tf.Scalar, () => x.assign(x.square().sqrt()));
        return {};
      },
      (compiled) => tf.tidy(() => void compiled({ turns: int(3) })),
    );
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });
});

describe.skipIf(!hasGraphs)("repeat in a graph", () => {
  beforeEach(async () => {
    await useBackend("native");
  });

  test.each([
    { xla: false, long: false },
    { xla: false, long: true },
    { xla: true, long: false },
    { xla: true, long: true },
  ])("works inside another repeat, %o", ({ xla, long }) => {
    expectNoLeak(() => {
      const [a, b] = [variable(1), variable([1, 2])];
      withCompiled(
        ({ turns, x }: { turns: tf.Tensor; x: tf.Tensor }) => {
          repeat(
            turns as tf.Scalar,
            (turn) => {
              b.assign(b.add(x).mul(a));
              const add = (inner: tf.Tensor) => a.assign(a.add(turn.mul(int(10)).add(inner).cast("float32")));
              repeat(turn.add(int(1)), add, { long });
            },
            { long },
          );
          return { a: a.clone() as tf.Tensor, b: b.clone() as tf.Tensor };
        },
        (compiled) => {
          // a: 1, then + 0, then + 10 + 11; b: ([1, 2] + x) * 1, then + x, times 1
          const got = tf.tidy(() => numbers(compiled({ turns: int(2), x: tf.tensor1d([3, 5]) })));
          expect(got).toEqual({ a: [22], b: [7, 12] });
        },
        { xla },
      );
      tf.dispose([a, b]);
    });
  });

  test("takes any number as the count and drops its fraction, as it does op by op", () => {
    const turns = (count: number, body: typeof withCompiled | undefined) => {
      const done = variable(0);
      const fn = ({ count }: { count: tf.Tensor }) => {
        repeat(count as tf.Scalar, () => done.assign(done.add(1)));
        return {};
      };
      const n = tf.scalar(count);
      if (body) body(fn, (compiled) => void compiled({ count: n }));
      else fn({ count: n });
      const result = value(done);
      tf.dispose([done, n]);
      return result;
    };
    for (const count of [3, 2.5, 0, -1]) {
      expect(turns(count, withCompiled)).toBe(Math.max(0, Math.trunc(count)));
      expect(turns(count, undefined)).toBe(Math.max(0, Math.trunc(count)));
    }
  });

  test("can copy one variable to another, and swap two", () => {
    expectNoLeak(() => {
      const [a, b, c] = [variable(1), variable(2), variable(3)];
      withCompiled(
        ({ turns }: { turns: tf.Tensor }) => {
          repeat(turns as tf.Scalar, () => {
            const old = a.clone();
            a.assign(b);
            b.assign(old);
            c.assign(b);
          });
          return {};
        },
        (compiled) => {
          tf.tidy(() => void compiled({ turns: int(3) }));
          expect([value(a), value(b), value(c)]).toEqual([2, 1, 1]);
        },
      );
      tf.dispose([a, b, c]);
    });
  });

  test("works twice in a row: the second sees what the first and the code in between assigned", () => {
    expectNoLeak(() => {
      const [a, b] = [variable(1), variable(0)];
      withCompiled(
        ({ turns }: { turns: tf.Tensor }) => {
          repeat(turns as tf.Scalar, () => a.assign(a.mul(3)));
          const between = a.add(0);
          b.assign(tf.scalar(100));
          repeat(turns as tf.Scalar, () => {
            b.assign(b.add(a));
            a.assign(a.add(1));
          });
          return { between };
        },
        (compiled) => {
          expect(tf.tidy(() => numbers(compiled({ turns: int(2) })))).toEqual({ between: [9] });
          expect([value(a), value(b)]).toEqual([11, 119]); // 100 + 9 + 10
        },
      );
      tf.dispose([a, b]);
    });
  });

  test("gives the same results as eager for every kernel of tfjs-node", () => {
    const { unique: _, ...ofFixedShape } = opTable;
    const ops = Object.entries(ofFixedShape);
    const [first, second] = [samples(1), samples(2)];
    const resultsOf = (inputs: Samples) => ops.map(([, op]) => [op(inputs)].flat());
    const kept = tf.tidy(() => resultsOf(first).map((list) => list.map((t) => tf.variable(tf.zerosLike(t)))));
    const loop = compile((inputs: Tensors) => {
      repeat(int(1), () => {
        for (const [i, list] of resultsOf(inputs as unknown as Samples).entries()) {
          for (const [k, result] of list.entries()) kept[i]![k]!.assign(result);
        }
      });
      return {};
    });
    loop({ ...second });
    for (const [i, list] of tf.tidy(() => resultsOf(second).map((l) => l.map((t) => t.dataSync()))).entries()) {
      for (const [k, want] of list.entries()) {
        const got = kept[i]![k]!.dataSync();
        for (let n = 0; n < want.length; n++) {
          const far = Math.abs(got[n]! - want[n]!);
          expect(far, ops[i]![0]).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(want[n]!)));
        }
      }
    }
    loop.dispose();
    tf.dispose([kept.flat(), { ...first }, { ...second }]);
  });

  test.each([false, true])("leaves variables as they were if an op fails, long: %s", (long) => {
    expectNoLeak(() => {
      const [x, other] = [variable([1, 2]), variable(5)];
      withCompiled(
        ({ at }: { at: tf.Tensor }) => {
          other.assign(other.add(1));
          repeat(int(2), () => x.assign(x.add(x.gather(at.cast("int32")))), { long });
          return {};
        },
        (compiled) => {
          tf.tidy(() => void compiled({ at: int(1) }));
          const at = int(9);
          const error = thrown(() => compiled({ at }));
          at.dispose();
          expect(error.message).toMatch(/indices = 9 is not in \[0, 2\)/);
          expect([...x.dataSync(), value(other)]).toEqual([7, 8, 6]);
        },
      );
      tf.dispose([x, other]);
    });
  });

  const refusal = (fn: () => void): string => {
    const before = counts();
    const compiled = compile(() => {
      fn();
      return {};
    });
    const { name, message } = thrown(() => compiled({}));
    compiled.dispose();
    expect([name, counts()]).toEqual(["CompileError", before]);
    return message.replaceAll(/\S*repeat\.test\.ts:\d+:\d+/g, "LINE");
  };

  test("refuses to read back values inside, and to use inner values outside", () => {
    const x = variable(1, "float32", "the x");
    const read = "is read at LINE (return it, or set allowReads to fix what follows from it)";
    const rule = "a compiled function must not read values back to JavaScript:";
    expect(refusal(() => repeat(int(2), (turn) => void turn.dataSync()))).toBe(`${rule} the turn of repeat ${read}`);
    expect(refusal(() => repeat(int(2), () => void x.dataSync()))).toBe(`${rule} variable the x ${read}`);
    const useOutside = () => {
      const inside: tf.Tensor[] = [];
      repeat(int(2), () => void inside.push(tf.keep(x.add(1))));
      try {
        x.assign(inside[0]!.mul(2));
      } finally {
        tf.dispose(inside);
      }
    };
    expect(refusal(useOutside)).toBe(
      "a value made in repeat must not be used after it: LINE (assign it to a variable in repeat)",
    );
    x.dispose();
  });

  test("refuses a change in place", () => {
    const [weight, m, v] = [variable([1]), variable([0]), variable([0])];
    const scalars = { stepSize: tf.scalar(1), epsilon: tf.scalar(1), keep: tf.scalar(1) };
    const rates = { beta1: 0.9, beta2: 0.99, decays: false };
    expect(refusal(() => repeat(int(1), () => adamWUpdate({ weight, m, v }, weight, scalars, rates)))).toBe(
      "repeat must not change variables in place: got ResourceApplyAdam",
    );
    tf.dispose([weight, m, v, { ...scalars }]);
  });
});
