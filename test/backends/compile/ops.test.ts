import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { useBackend } from "../../../src/backends/choose.js";
import { opTable, type Samples } from "./opTable.js";
import { expectNoLeak, hasGraphs, someNumbers, withCompiled } from "./support.js";

/** The same op, at once and from a graph: the names, types, shapes and numbers of what it gives. */
function results(op: (samples: Samples) => tf.Tensor | tf.Tensor[], inputs: Samples): Record<string, tf.Tensor> {
  const result = tf.tidy(() => op(inputs));
  return Object.fromEntries((Array.isArray(result) ? result : [result]).map((t, i) => [`${i}`, t]));
}

function samples(seed: number): Samples {
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

describe.skipIf(!hasGraphs)("every kernel of tfjs-node gives the same from a graph", () => {
  test.each(Object.entries(opTable))("%s", async (_name, op) => {
    await useBackend("native");
    expectNoLeak(() => {
      const [first, second] = [samples(1), samples(2)];
      withCompiled(
        (inputs) => results(op, inputs as unknown as Samples),
        (compiled) => {
          for (const inputs of [first, second]) {
            const [want, got] = [results(op, inputs), compiled({ ...inputs })];
            expect(Object.keys(got)).toEqual(Object.keys(want));
            for (const [key, tensor] of Object.entries(want)) {
              expect([got[key]!.dtype, got[key]!.shape]).toEqual([tensor.dtype, tensor.shape]);
              const [a, b] = [got[key]!.dataSync(), tensor.dataSync()];
              for (let i = 0; i < b.length; i++)
                expect(Math.abs(a[i]! - b[i]!)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(b[i]!)));
            }
            tf.dispose([want, got]);
          }
        },
      );
      tf.dispose([{ ...first }, { ...second }]);
    });
  });
});
