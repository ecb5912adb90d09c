import * as tf from "@tensorflow/tfjs";
import { expect } from "vitest";
import { Random } from "../../src/core/random.js";

export interface Tolerance {
  /** Share of the expected number's size by which it may be off. @default 1e-5 */
  relative?: number;
  /** By how much any number may be off, whatever its size. @default 1e-6 */
  absolute?: number;
  /** The same, as a share of the largest expected number's size: what float32 sums of such numbers allow. @default 0 */
  ofLargest?: number;
}

/** Expects the same count of numbers, each within the tolerance: the sum of its three parts. */
export function expectClose(
  got: ArrayLike<number> | tf.Tensor,
  expected: ArrayLike<number> | tf.Tensor,
  { relative = 1e-5, absolute = 1e-6, ofLargest = 0 }: Tolerance = {},
): void {
  const [values, wanted] = [got, expected].map((x) => (x instanceof tf.Tensor ? x.dataSync() : x)) as Float32Array[];
  expect(values!.length, "how many numbers").toBe(wanted!.length);
  const least = absolute + ofLargest * wanted!.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  for (let i = 0; i < wanted!.length; i++) {
    const allowed = least + relative * Math.abs(wanted![i]!);
    if (Math.abs(values![i]! - wanted![i]!) <= allowed) continue;
    expect.fail(`number ${i} must be ${wanted![i]} within ${allowed}: got ${values![i]}`);
  }
}

/** As many seeded normal numbers as `shape` holds, as float32 has them. */
export function normals(shape: readonly number[], stream = "normals", scale = 1): Float32Array {
  const random = new Random(1337, stream);
  return Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => scale * random.nextNormal());
}

/** A tensor of seeded normal numbers. */
export function normalTensor(shape: number[], stream?: string, scale?: number): tf.Tensor {
  return tf.tensor(normals(shape, stream, scale), shape);
}

/** Seeded whole numbers from 0 to `below - 1`. */
export function integers(count: number, below: number, stream = "integers"): Int32Array {
  const random = new Random(1337, stream);
  return Int32Array.from({ length: count }, () => random.nextInteger(below));
}

/** `Σ a[i] b[i]` in float64. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** How many tensors `make` leaves behind, what it returns included. */
export function tensorsLeft(make: () => unknown): number {
  const before = tf.memory().numTensors;
  make();
  return tf.memory().numTensors - before;
}
