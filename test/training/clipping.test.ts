import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { clipScale, globalNorm } from "../../src/training/clipping.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose, normals, tensorsLeft } from "../support/numbers.js";

onEveryBackend("clipping", () => {
  const scale = (norm: number, clip: number) => clipScale(tf.scalar(norm), clip).dataSync()[0]!;

  it("computes the norm over all numbers of all gradients", () => {
    expectClose(globalNorm([tf.tensor1d([3, 0]), tf.tensor2d([[0, -4]]), tf.scalar(12)]), [13]);
    const [a, b] = [normals([3, 4], "a"), normals([5], "b")];
    expectClose(globalNorm([tf.tensor(a, [3, 4]), tf.tensor(b, [5])]), [Math.hypot(...a, ...b)]);
  });

  it("leaves gradients below the limit exactly as they are", () => {
    expect(scale(0, 1)).toBe(1);
    expect(scale(0.5, 1)).toBe(1);
    expect(scale(1.999, 2)).toBe(1);
  });

  it("scales by clip / (norm + 1e-6) at the limit and above it, as torch's clip_grad_norm_ does", () => {
    expectClose([scale(1, 1)], [1 / (1 + 1e-6)], { relative: 1e-7, absolute: 0 });
    expectClose([scale(4, 1)], [1 / (4 + 1e-6)], { relative: 1e-7, absolute: 0 });
    expectClose([scale(30, 2)], [2 / (30 + 1e-6)], { relative: 1e-7, absolute: 0 });
  });

  it("leaves one new tensor in memory per function", () => {
    const norm = tf.scalar(2);
    expect(tensorsLeft(() => clipScale(norm, 1))).toBe(1);
    expect(tensorsLeft(() => globalNorm([norm, norm]))).toBe(1);
  });
});
