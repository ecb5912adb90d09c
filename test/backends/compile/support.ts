import * as tf from "@tensorflow/tfjs";
import { expect } from "vitest";
import { useBackend } from "../../../src/backends/choose.js";
import { type Compiled, type CompileOptions, compile, type Tensors } from "../../../src/backends/compile/compile.js";

/** Whether this machine has graphs to compile to; tests of graphs are skipped where it has none. */
export const hasGraphs = (await useBackend("auto")).name === "native";

interface Counts {
  tensors: number;
  addonTensors: number;
  graphs: number;
}

/** Tensors of tfjs, tensors of the addon, and sessions. */
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

/** Runs `body` and expects that it leaves nothing behind. */
export function expectNoLeak(body: () => void): void {
  const before = counts();
  body();
  expect(counts()).toEqual(before);
}

/** Runs `body` with the compiled `fn`, which is disposed then. */
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

/** A variable of its own data. */
export function variable(values: tf.TensorLike, dtype: tf.DataType = "float32", name?: string): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, undefined, dtype), true, name));
}

/** The numbers of tensors by name, and the tensors gone. */
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

/** Numbers from -2 to 2, neither regular nor random: a seeded sine. */
export function someNumbers(count: number, seed = 1): number[] {
  return Array.from({ length: count }, (_, i) => 2 * Math.sin(1 + i * 1.7 + seed * 0.9));
}
