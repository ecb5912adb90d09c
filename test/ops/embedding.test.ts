import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { embedding } from "../../src/ops/embedding.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose, normals, tensorsLeft } from "../support/numbers.js";

const [v, c] = [5, 3];
const table = normals([v, c], "table");
const ids = [4, 1, 4, 0, 4, 1]; // 4 three times, 1 twice, 2 and 3 never
const upstream = normals([2, 3, c], "upstream");

onEveryBackend("embedding", () => {
  const tensors = () => [tf.tensor2d(table, [v, c]), tf.tensor2d(ids, [2, 3], "int32")] as const;

  it("selects the rows of the ids", () => {
    const y = embedding(...tensors());
    expect(y.shape).toEqual([2, 3, c]);
    expect([...y.dataSync()]).toEqual(ids.flatMap((id) => [...table.subarray(id * c, (id + 1) * c)]));
  });

  it("sums an id's gradient over all its places, and is 0 for ids that do not occur", () => {
    const [weights, places] = tensors();
    const gradient = tf.grad((w) => embedding(w as tf.Tensor2D, places))(weights, tf.tensor(upstream, [2, 3, c]));
    const expected = new Array<number>(v * c).fill(0);
    ids.forEach((id, i) => {
      for (let d = 0; d < c; d++) expected[id * c + d]! += upstream[i * c + d]!;
    });
    expectClose(gradient, expected);
  });

  it("leaves one new tensor in memory, and so does its gradient", () => {
    const [weights, places] = tensors();
    expect(tensorsLeft(() => embedding(weights, places))).toBe(1);
    expect(tensorsLeft(() => tf.grad((w) => embedding(w as tf.Tensor2D, places))(weights))).toBe(1);
  });
});
