import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { opTable, type Samples } from "./opTable.js";
import { expectNoLeak, hasGraphs, samples, withCompiled } from "./support.js";

/** The results of an op, by number. */
function results(op: (samples: Samples) => tf.Tensor | tf.Tensor[], inputs: Samples): Record<string, tf.Tensor> {
  const result = tf.tidy(() => op(inputs));
  return Object.fromEntries((Array.isArray(result) ? result : [result]).map((t, i) => [`${i}`, t]));
}

describe.skipIf(!hasGraphs)("every kernel of tfjs-node gives the same result in a graph as eagerly", () => {
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
