import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { dropoutMask } from "../../src/ops/dropout.js";
import { onEveryBackend } from "../support/backends.js";
import { tensorsLeft } from "../support/numbers.js";

const count = 20_000;

onEveryBackend("dropoutMask", () => {
  const mask = (rate: number, seed: { step: number; site: number }, shape = [count]) =>
    tf.tidy(() => dropoutMask(shape, rate, { ...seed, step: tf.scalar(seed.step, "int32") }).dataSync());
  const seed = { step: 5, site: 0 };

  it.each([0.1, 0.5, 0.9])("is 0 with probability %s, and otherwise scaled to keep the expected sum", (rate) => {
    const values = mask(rate, seed);
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
    const dropped = values.filter((x) => x === 0).length;
    // Within five standard deviations of a binomial count.
    expect(Math.abs(dropped - count * rate)).toBeLessThan(5 * Math.sqrt(count * rate * (1 - rate)));
  });

  it("is the same for the same seed and shape", () => {
    expect(mask(0.5, seed, [2, 50])).toEqual(mask(0.5, seed, [2, 50]));
  });

  it.each([
    ["step", { step: 6, site: 0 }],
    ["step, a negative one", { step: -5, site: 0 }],
    ["site", { step: 5, site: 1 }],
    ["site, swapped with the step", { step: 0, site: 5 }],
  ])("is independent of the mask for another %s", (_, other) => {
    const [a, b] = [mask(0.5, seed), mask(0.5, other)];
    const equal = a.filter((x, i) => x === b[i]).length;
    expect(Math.abs(equal - count / 2)).toBeLessThan(5 * Math.sqrt(count / 4));
  });

  it.each([[[5, 3, 3]], [[4, 8]]])(
    "draws the last rows of %j just as in the whole batch, starting from any row",
    (shape) => {
      const step = tf.scalar(5, "int32");
      const whole = dropoutMask(shape, 0.5, { step, site: 3 });
      for (let firstRow = 0; firstRow < shape[0]!; firstRow++) {
        const rest = whole.slice([firstRow]);
        const drawn = dropoutMask(rest.shape, 0.5, { step, site: 3, firstRow });
        expect(drawn.dataSync(), `from row ${firstRow}`).toEqual(rest.dataSync());
      }
    },
  );

  it("has independent neighbours", () => {
    const values = mask(0.5, seed);
    const equal = values.subarray(1).filter((x, i) => x === values[i]).length;
    expect(Math.abs(equal - count / 2)).toBeLessThan(5 * Math.sqrt(count / 4));
  });

  it("leaves one new tensor in memory", () => {
    const step = tf.scalar(1, "int32");
    expect(tensorsLeft(() => dropoutMask([4, 4], 0.5, { step, site: 0 }))).toBe(1);
  });
});
