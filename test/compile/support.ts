import * as tf from "@tensorflow/tfjs";
import { expect } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { type Compiled, type CompileOptions, compile, type Tensors } from "../../src/compile/compile.js";
import type { Samples } from "./opTable.js";

/** Whether this machine can compile graphs; tests of graphs are skipped if not. */
export const hasGraphs = (await useBackend("auto")).name === "native";

interface Counts {
  tensors: number;
  addonTensors: number;
  graphs: number;
}

/** The numbers of tensors in tfjs and in the addon, and of sessions. */
export function counts(): Counts {
  const { binding } = tf.backend() as unknown as {
    binding: { getNumOfTensors(): number; getNumOfSavedModels(): number };
  };
  return {
    tensors: tf.memory().numTensors,
    addonTensors: binding.getNumOfTensors(),
    graphs: binding.getNumOfSavedModels(),
  };
}

/** Runs `body` and expects it to leave nothing in memory. */
export function expectNoLeak(body: () => void): void {
  const before = counts();
  body();
  expect(counts()).toEqual(before);
}

/** Runs `body` with the compiled `fn`, then disposes it. */
export function withCompiled<I extends Tensors, O extends Tensors, R>(
  fn: (inputs: I) => O,
  body: (compiled: Compiled<I, O>) => R,
  options?: CompileOptions,
): R {
  const compiled = compile(fn, options);
  try {
    return body(compiled);
  } finally {
    compiled.dispose();
  }
}

/** A variable that shares its data with no other tensor. */
export function variable(values: tf.TensorLike, dtype: tf.DataType = "float32", name?: string): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, undefined, dtype), true, name));
}

/** Reads tensors by name, and disposes them. */
export function numbers(tensors: Tensors): Record<string, number[]> {
  const read = Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, Array.from(t.dataSync())]));
  tf.dispose(tensors);
  return read;
}

/** The error that `body` throws. */
export function thrown(body: () => unknown): Error {
  try {
    body();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

/** Irregular numbers from -2 to 2: a sine, with `seed` as its phase. */
export function someNumbers(count: number, seed = 1): number[] {
  return Array.from({ length: count }, (_, i) => 2 * Math.sin(1 + i * 1.7 + seed * 0.9));
}

/** Inputs for the ops of the table. */
export function samples(seed: number): Samples {
  const matrix = (f: (v: number) => number) => tf.tensor2d(someNumbers(24, seed).map(f), [4, 6]);
  return {
    x: matrix((v) => v),
    y: tf.tensor2d(someNumbers(24, seed + 7), [4, 6]),
    p: matrix((v) => Math.abs(v) + 0.1),
    u: matrix((v) => v * 0.45),
    n: tf.tensor2d(someNumbers(24, seed).map((v) => 1 + Math.floor(Math.abs(v) * 2.4)), [4, 6], "int32"), // biome-ignore format: one line
    b: tf.tensor2d(someNumbers(24, seed).map((v) => v > 0), [4, 6], "bool"), // biome-ignore format: one line
    image: tf.tensor4d(someNumbers(64, seed), [2, 4, 4, 2]),
    volume: tf.tensor5d(someNumbers(128, seed), [1, 4, 4, 4, 2]),
  };
}
