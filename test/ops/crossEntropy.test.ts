import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { crossEntropy } from "../../src/ops/crossEntropy.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose, normals, tensorsLeft } from "../support/numbers.js";
import * as plain from "../support/plain.js";

const [n, v] = [6, 9];
const logits = normals([n, v], "logits", 3);
const targets = [0, 8, 3, 3, 5, 1];
const extreme = [
  [1e4, 0, -1e4],
  [-1e4, 0, 1e4],
  [1e38, -1e38, 0],
  [-88, -104, -200],
  [1000, 1000, 1000],
];
const extremeTargets = [0, 0, 0, 2, 1];

onEveryBackend("crossEntropy", () => {
  it("equals -log softmax at the target, computed in float64", () => {
    const losses = crossEntropy(tf.tensor2d(logits, [n, v]), tf.tensor1d(targets, "int32"));
    expect(losses.shape).toEqual([n]);
    expectClose(
      losses,
      plain.rows(logits, v).map((row, i) => plain.crossEntropy(row, targets[i]!)),
    );
  });

  it("is finite and right for extreme logits", () => {
    const losses = crossEntropy(tf.tensor2d(extreme), tf.tensor1d(extremeTargets, "int32"));
    expectClose(losses, [0, 2e4, 0, plain.crossEntropy(extreme[3]!, 2), Math.log(3)]);
  });

  it("has the gradient softmax - oneHot, with each row times its upstream gradient", () => {
    const upstream = normals([n], "upstream");
    const f = (x: tf.Tensor) => crossEntropy(x as tf.Tensor2D, tf.tensor1d(targets, "int32"));
    const gradient = tf.grad(f)(tf.tensor2d(logits, [n, v]), tf.tensor1d(upstream));
    const expected = plain
      .rows(logits, v)
      .flatMap((row, i) => plain.softmax(row).map((p, id) => upstream[i]! * (p - (id === targets[i] ? 1 : 0))));
    expectClose(gradient, expected);
  });

  it("has a finite and right gradient for extreme logits", () => {
    const f = (x: tf.Tensor) => crossEntropy(x as tf.Tensor2D, tf.tensor1d(extremeTargets, "int32"));
    const expected = extreme.flatMap((row, i) =>
      plain.softmax(row).map((p, id) => p - (id === extremeTargets[i] ? 1 : 0)),
    );
    expectClose(tf.grad(f)(tf.tensor2d(extreme)), expected);
  });

  it("leaves one new tensor in memory, and so does its gradient", () => {
    const [x, y] = [tf.tensor2d(logits, [n, v]), tf.tensor1d(targets, "int32")];
    expect(tensorsLeft(() => crossEntropy(x, y))).toBe(1);
    expect(tensorsLeft(() => tf.grad((input) => crossEntropy(input as tf.Tensor2D, y))(x))).toBe(1);
  });
});
