import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { layerNorm } from "../../src/ops/layerNorm.js";
import { onEveryBackend } from "../support/backends.js";
import { dot, expectClose, normals, normalTensor, tensorsLeft } from "../support/numbers.js";
import { numericalGradient } from "../support/numericalGradient.js";
import * as plain from "../support/plain.js";

const shape: [number, number, number] = [2, 3, 5];
const [x, gain, bias] = [normals(shape, "x", 2), normals([5], "gain"), normals([5], "bias")];
const upstream = normals(shape, "upstream");
const epsilon = 0.01;

function byHand(x: Float32Array, gain: Float32Array, bias: Float32Array): number[] {
  return plain.rows(x, 5).flatMap((row) => plain.layerNorm(row, [...gain], [...bias], epsilon));
}

onEveryBackend("layerNorm", () => {
  const tensors = () => [tf.tensor(x, shape), tf.tensor1d(gain), tf.tensor1d(bias)] as const;

  it("equals its formula, with and without a bias", () => {
    const [input, g, b] = tensors();
    expectClose(layerNorm(input, g, b, epsilon), byHand(x, gain, bias));
    expectClose(layerNorm(input, g, undefined, epsilon), byHand(x, gain, new Float32Array(5)));
  });

  it("is precise far from 0, where E[x²] - E[x]² would not be", () => {
    const far = normals([1, 8], "far").map((value) => value + 1000);
    const expected = plain.layerNorm([...far], Array(8).fill(1), Array(8).fill(0), 1e-5);
    expectClose(layerNorm(tf.tensor(far, [1, 8]), tf.ones([8]), undefined, 1e-5), expected, { absolute: 2e-4 });
  });

  it("is 0 for a row of equal numbers", () => {
    expectClose(layerNorm(tf.fill([1, 4], 3), tf.ones([4]), undefined, 1e-5), [0, 0, 0, 0]);
  });

  it("has the numerical gradients of the formula", () => {
    const [input, g, b] = tensors();
    const f = (x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor) => layerNorm(x, gain, bias, epsilon);
    const [dx, dGain, dBias] = tf.grads(f)([input, g, b], tf.tensor(upstream, shape));
    const tolerance = { absolute: 1e-5, relative: 1e-4 };
    expectClose(
      dx!,
      numericalGradient((v) => dot(byHand(v, gain, bias), upstream), x),
      tolerance,
    );
    expectClose(
      dGain!,
      numericalGradient((v) => dot(byHand(x, v, bias), upstream), gain),
      tolerance,
    );
    expectClose(
      dBias!,
      numericalGradient((v) => dot(byHand(x, gain, v), upstream), bias),
      tolerance,
    );
  });

  it("leaves one new tensor in memory", () => {
    const [input, g] = tensors();
    expect(tensorsLeft(() => layerNorm(input, g, undefined, epsilon))).toBe(1);
    expect(tensorsLeft(() => layerNorm(input, g, normalTensor([5]), epsilon))).toBe(2); // the bias is also made here
    expect(tensorsLeft(() => tf.grad((v) => layerNorm(v, g, undefined, epsilon))(input))).toBe(1);
  });
});
