import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../../src/backends/choose.js";
import { expectClose, normals, tensorsLeft } from "../../support/numbers.js";

const size = fc.integer({ min: 1, max: 7 });
const shapes = fc.record({
  batch: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  sizes: fc.tuple(size, size, size),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
});

/** `a · b` for each matrix, by loops. */
function byLoops(
  a: Float32Array,
  b: Float32Array,
  { count, m, k, n, transposeA, transposeB }: Record<string, number | boolean>,
) {
  const [M, K, N] = [m, k, n] as [number, number, number];
  const product: number[] = [];
  for (let i = 0; i < (count as number); i++) {
    for (let row = 0; row < M; row++) {
      for (let column = 0; column < N; column++) {
        let sum = 0;
        for (let j = 0; j < K; j++) {
          const left = a[i * M * K + (transposeA ? j * M + row : row * K + j)]!;
          sum += left * b[i * K * N + (transposeB ? column * K + j : j * N + column)]!;
        }
        product.push(sum);
      }
    }
  }
  return product;
}

describe("wasm's matrix product", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  it("is that of plain loops, for every batch and transposition, and leaves nothing behind", () => {
    fc.assert(
      fc.property(shapes, ({ batch, sizes: [m, k, n], transposeA, transposeB }) => {
        const [left, right] = [transposeA ? [k, m] : [m, k], transposeB ? [n, k] : [k, n]];
        const [a, b] = [normals([...batch, ...left], "a"), normals([...batch, ...right], "b")];
        const count = tf.util.sizeFromShape(batch);
        tf.tidy(() => {
          const [x, y] = [tf.tensor(a, [...batch, ...left]), tf.tensor(b, [...batch, ...right])];
          const product = tf.matMul(x, y, transposeA, transposeB);
          expect(product.shape).toEqual([...batch, m, n]);
          expectClose(product.dataSync(), byLoops(a, b, { count, m, k, n, transposeA, transposeB }));
          expect(tensorsLeft(() => tf.matMul(x, y, transposeA, transposeB).dispose())).toBe(0);
        });
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it("turns the narrow operand where the other is wide", () => {
    tf.tidy(() => {
      const [a, b] = [normals([9, 40], "a"), normals([9, 2], "b")];
      const product = tf.matMul(tf.tensor2d(a, [9, 40]), tf.tensor2d(b, [9, 2]), true, false);
      expectClose(
        product.dataSync(),
        byLoops(a, b, { count: 1, m: 40, k: 9, n: 2, transposeA: true, transposeB: false }),
      );
    });
  });

  it("refuses matrices that don't fit", () => {
    tf.tidy(() => {
      expect(() => tf.matMul(tf.ones([2, 3, 4]), tf.ones([2, 5, 6]))).toThrow(/inner shapes \(4\) and \(5\)/);
    });
  });
});
