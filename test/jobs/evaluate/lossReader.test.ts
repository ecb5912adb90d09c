import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { LossReader } from "../../../src/jobs/evaluate/lossReader.js";
import type { Transformer } from "../../../src/model/transformer.js";
import { onEveryBackend } from "../../support/backends.js";
import { expectClose, tensorsLeft } from "../../support/numbers.js";
import { crossEntropy } from "../../support/plain.js";
import { tinyModel } from "../../support/tinyModel.js";

const rows = [
  { inputs: Int32Array.of(3, 1, 4, 1, 5), places: [4, 0, 2, 2], targets: [2, 6, 5, 3] },
  { inputs: Int32Array.of(5), places: [0], targets: [0] },
  { inputs: Int32Array.of(2, 6, 5), places: [2, 1], targets: [1, 1] },
];

/** The same questions, each worked out alone, on the tokens that it may look at. */
function expected(model: Transformer): number[] {
  const { vocabSize } = model.config;
  return rows.flatMap(({ inputs, places, targets }) =>
    places.map((place, i) => {
      const ids = tf.tensor2d(inputs.subarray(0, place + 1), [1, place + 1], "int32");
      const logits = tf.tidy(() => model.logits(ids).dataSync());
      ids.dispose();
      return crossEntropy(Array.from(logits.slice(-vocabSize)), targets[i]!);
    }),
  );
}

onEveryBackend("LossReader", (backend) => {
  it("answers rows of any length, any places in any order, and fewer rows than fit", () => {
    for (const changes of [{}, { tie: false, positions: "none" as const }]) {
      const model = tinyModel(changes);
      const wanted = expected(model);
      const reader = new LossReader(model, 4);
      expect([reader.length, reader.batchSize]).toEqual([5, 4]);
      expectClose(reader.read(rows), wanted);
      expectClose(reader.read(rows.slice(1)), wanted.slice(4)); // nothing is left of the first call
      reader.dispose();
      model.dispose();
    }
  });

  it("makes one graph, whatever it is asked, and none of its tensors stays; disposed, it frees the graph", () => {
    const model = tinyModel();
    const reader = new LossReader(model, 3);
    const traces = () => (Reflect.get(reader, "graph") as { traces?: number }).traces;
    reader.read(rows);
    expect(tensorsLeft(() => reader.read(rows.slice(2)))).toBe(0);
    expect(traces()).toBe(backend === "native" ? 1 : 0);
    reader.dispose();
    reader.read(rows);
    expect(traces()).toBe(backend === "native" ? 2 : 0);
    reader.dispose();
    model.dispose();
  });
});
