import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { activationKinds } from "../../src/config/model.js";
import { activations } from "../../src/ops/activation.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose, tensorsLeft } from "../support/numbers.js";
import { numericalGradient } from "../support/numericalGradient.js";
import * as plain from "../support/plain.js";

// Without 0, where relu has no derivative.
const points = Float32Array.from([-30, -6, -3.3, -1.5, -0.7, -0.1, 0.1, 0.5, 1, 2.25, 4, 9, 30]);

it("the erf of the tests agrees with Abramowitz & Stegun, table 7.1", () => {
  expect(plain.erf(0.5)).toBeCloseTo(0.5204998778, 10);
  expect(plain.erf(-1)).toBeCloseTo(-0.8427007929, 10);
  expect(plain.erf(2)).toBeCloseTo(0.995322265, 10);
  expect(plain.erf(0)).toBe(0);
});

onEveryBackend("activation", () => {
  it.each(activationKinds)("%s equals its formula in plain JavaScript", (kind) => {
    const y = activations[kind](tf.tensor1d(points));
    // At 30 the formula is exact, so a polynomial erf with an error of 1.5e-7 would fail.
    expectClose(y, Array.from(points, plain.activations[kind]), { absolute: 5e-7 });
  });

  it.each(activationKinds)("%s has the numerical gradient of its formula", (kind) => {
    const dy = points.map((_, i) => 1 + i / 4);
    const gradient = tf.grad((x) => activations[kind](x))(tf.tensor1d(points), tf.tensor1d(dy));
    const slopes = numericalGradient(
      (x) => x.reduce((sum, v, i) => sum + dy[i]! * plain.activations[kind](v), 0),
      points,
    );
    expectClose(gradient, slopes, { absolute: 2e-6 });
  });

  it.each(activationKinds)("%s leaves one new tensor in memory, and so does its gradient", (kind) => {
    const x = tf.tensor1d(points);
    expect(tensorsLeft(() => activations[kind](x))).toBe(1);
    expect(tensorsLeft(() => tf.grad((input) => activations[kind](input))(x))).toBe(1);
  });
});
