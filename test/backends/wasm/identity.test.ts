import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";
import { useBackend } from "../../../src/backends/choose.js";
import { tensorsLeft } from "../../support/numbers.js";

beforeAll(async () => {
  await useBackend("wasm");
});

it("gives the same numbers without a copy, for as long as anybody holds them", () => {
  const buffers = () => tf.memory().numDataBuffers;
  const before = buffers();
  const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const clone = x.clone();
  const variable = tf.variable(clone);
  expect([clone.dataId === x.dataId, buffers() - before]).toEqual([true, 1]);
  x.dispose();
  tf.tidy(() => variable.assign(variable.mul(10)));
  expect([Array.from(clone.dataSync()), Array.from(variable.dataSync())]).toEqual([
    [1, 2, 3, 4],
    [10, 20, 30, 40],
  ]);
  tf.dispose([clone, variable]);
  expect(buffers()).toBe(before);
});

it.each(["float32", "int32", "bool", "string"] as const)("keeps the type %s", (dtype) => {
  const values = dtype === "string" ? ["a", "b"] : [1, 0];
  const left = tensorsLeft(() => {
    const x = tf.tensor1d(values as number[], dtype);
    const clone = x.clone();
    x.dispose();
    expect(clone.dtype).toBe(dtype);
    expect(Array.from(clone.dataSync() as never)).toEqual(values);
    clone.dispose();
  });
  expect(left).toBe(0);
});
