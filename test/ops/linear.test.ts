import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { linear } from "../../src/ops/linear.js";
import { onEveryBackend } from "../support/backends.js";
import { dot, expectClose, normals, tensorsLeft } from "../support/numbers.js";
import { numericalGradient } from "../support/numericalGradient.js";
import { rows } from "../support/plain.js";

const [inputs, outputs] = [3, 4];
const shape: [number, number, number] = [2, 5, inputs];
const x = normals(shape, "x");
const bias = normals([outputs], "bias");
const upstream = normals([2, 5, outputs], "upstream");

onEveryBackend("linear", () => {
  describe.each([false, true])("with transposed: %s", (transposed) => {
    const weightShape: [number, number] = transposed ? [outputs, inputs] : [inputs, outputs];
    const weight = normals(weightShape, "weight");
    const at = (w: Float32Array, i: number, o: number) => w[transposed ? o * inputs + i : i * outputs + o]!;
    const byHand = (x: Float32Array, w: Float32Array, b: Float32Array) =>
      rows(x, inputs).flatMap((row) =>
        Array.from(b, (add, o) => add + row.reduce((s, v, i) => s + v * at(w, i, o), 0)),
      );
    const f = (input: tf.Tensor, w: tf.Tensor, b?: tf.Tensor) => linear(input, w, { bias: b, transposed });
    const tensors = () => [tf.tensor(x, shape), tf.tensor2d(weight, weightShape), tf.tensor1d(bias)] as const;

    it("equals x · W + b, with and without a bias", () => {
      const [input, w, b] = tensors();
      expect(f(input, w, b).shape).toEqual([2, 5, outputs]);
      expectClose(f(input, w, b), byHand(x, weight, bias));
      expectClose(f(input, w), byHand(x, weight, new Float32Array(outputs)));
    });

    it("has the numerical gradients of the formula, summed over all leading dimensions", () => {
      const [input, w, b] = tensors();
      const [dx, dWeight, dBias] = tf.grads(f)([input, w, b], tf.tensor(upstream, [2, 5, outputs]));
      const tolerance = { absolute: 1e-5 };
      expectClose(
        dx!,
        numericalGradient((v) => dot(byHand(v, weight, bias), upstream), x),
        tolerance,
      );
      expectClose(
        dWeight!,
        numericalGradient((v) => dot(byHand(x, v, bias), upstream), weight),
        tolerance,
      );
      expectClose(
        dBias!,
        numericalGradient((v) => dot(byHand(x, weight, v), upstream), bias),
        tolerance,
      );
    });

    it("leaves one new tensor in memory", () => {
      const [input, w, b] = tensors();
      expect(tensorsLeft(() => f(input, w, b))).toBe(1);
    });
  });
});
