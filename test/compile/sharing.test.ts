import * as tf from "@tensorflow/tfjs";
import { beforeEach, describe, expect, test } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { compile } from "../../src/compile/compile.js";
import { counts, expectNoLeak, hasGraphs, numbers, variable, withCompiled } from "./support.js";

beforeEach(async () => {
  await useBackend("auto");
});

const value = (tensor: tf.Tensor): number => tensor.dataSync()[0]!;

describe.skipIf(!hasGraphs)("compile: variables used by several graphs", () => {
  test("keep one value across functions that assign or read them, in any order", () => {
    expectNoLeak(() => {
      const [w, sum, unused] = [variable(1), variable(0), variable(9)];
      const add = compile(() => {
        sum.assign(sum.add(w));
        return {};
      });
      const finish = compile(() => {
        w.assign(w.add(sum));
        sum.assign(tf.zerosLike(sum));
        return {};
      });
      const look = compile(() => ({ w: w.clone() as tf.Tensor, sum: sum.mul(1), unused: unused.mul(1) }));
      let [plainW, plainSum] = [1, 0];
      const order = "alaflfafalaaflflaafafllfa";
      for (const [i, letter] of [...order].entries()) {
        if (letter === "a") {
          add({});
          plainSum += plainW;
        } else if (letter === "f") {
          finish({});
          [plainW, plainSum] = [plainW + plainSum, 0];
        } else expect(numbers(look({}))).toEqual({ w: [plainW], sum: [plainSum], unused: [9] });
        if (i % 3 === 0) expect([value(w), value(sum)]).toEqual([plainW, plainSum]);
        if (i % 7 === 6) {
          tf.tidy(() => w.assign(w.sub(1)));
          plainW -= 1;
        }
        if (i === 15) finish.dispose();
      }
      for (const fn of [add, look, finish]) fn.dispose();
      expect([value(w), value(sum)]).toEqual([plainW, plainSum]);
      tf.dispose([w, sum, unused]);
    });
    expect(counts().graphs).toBe(0);
  });

  test("keep one value across the graphs of one function", () => {
    expectNoLeak(() => {
      const total = variable(0);
      withCompiled(
        ({ x }: { x: tf.Tensor }) => {
          total.assign(total.add(x.sum()));
          return { total: total.add(0) };
        },
        (compiled) => {
          const sums = [2, 3, 3, 2, 1, 2].map((n) => tf.tidy(() => numbers(compiled({ x: tf.ones([n]) })).total![0]));
          expect(sums).toEqual([2, 5, 8, 10, 11, 13]);
        },
        { maxGraphs: 2 },
      );
      expect(value(total)).toBe(13);
      total.dispose();
    });
  });
});
