import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { attention, attentionWeights } from "../../src/ops/attention.js";
import { causalMask } from "../../src/ops/causalMask.js";
import { dropoutMask } from "../../src/ops/dropout.js";
import { onEveryBackend } from "../support/backends.js";
import { dot, expectClose, normals, tensorsLeft } from "../support/numbers.js";
import { numericalGradient } from "../support/numericalGradient.js";
import * as plain from "../support/plain.js";

type Shape = [number, number, number, number];
type Numbers = ArrayLike<number>;
const torch = JSON.parse(readFileSync(new URL("../fixtures/gpt2/attention.json", import.meta.url), "utf8"));

/** Every head by the formula in plain JavaScript; `mask` multiplies the weights as dropout does. */
function byHand([b, h, t, d]: Shape, [q, k, v]: [Numbers, Numbers, Numbers], mask?: Numbers) {
  const heads = Array.from({ length: b * h }, (_, i) => {
    const part = (x: Numbers) => plain.rows(Array.from(x).slice(i * t * d, (i + 1) * t * d), d);
    const { weights, mixed } = plain.attention(part(q), part(k), part(v));
    if (!mask) return { weights, mixed };
    const columns = part(v)[0]!.map((_, c) => part(v).map((value) => value[c]!));
    const dropped = weights.map((row, r) => row.map((weight, s) => weight * mask[(i * t + r) * t + s]!));
    return { weights, mixed: dropped.map((row) => columns.map((column) => dot(row, column))) };
  });
  return { weights: heads.flatMap((x) => x.weights.flat()), mixed: heads.flatMap((x) => x.mixed.flat()) };
}

onEveryBackend("attention", () => {
  describe.each([1, 2, 4])("with %i heads", (h) => {
    const shape: Shape = [2, h, 4, 2];
    const numbers = ["q", "k", "v"].map((what) => normals(shape, what)) as [Float32Array, Float32Array, Float32Array];
    const upstream = normals(shape, "upstream");
    const tensors = () => numbers.map((x) => tf.tensor(x, shape)) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];

    it("equals the formula in plain JavaScript", () => {
      const [q, k, v] = tensors();
      const { weights, mixed } = byHand(shape, numbers);
      expectClose(attentionWeights(q, k), weights);
      expectClose(attention(q, k, v), mixed);
    });

    it.each([0, 0.4])("has the numerical gradients of the formula, with dropout %s", (rate) => {
      const seed = { step: tf.scalar(3, "int32"), site: 1 };
      const dropout = rate > 0 ? { rate, seed } : undefined;
      const mask = dropout && dropoutMask([2, h, 4, 4], rate, seed).dataSync();
      const f = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) =>
        attention(q as tf.Tensor4D, k as tf.Tensor4D, v as tf.Tensor4D, dropout);
      expectClose(f(...tensors()), byHand(shape, numbers, mask).mixed);
      const gradients = tf.grads(f)(tensors(), tf.tensor(upstream, shape));
      numbers.forEach((x, i) => {
        const numerical = numericalGradient((moved) => {
          const inputs = numbers.map((same, j) => (i === j ? moved : same)) as typeof numbers;
          return dot(byHand(shape, inputs, mask).mixed, upstream);
        }, x);
        expectClose(gradients[i]!, numerical, { absolute: 1e-5, relative: 1e-4 });
      });
    });
  });

  it("equals torch's scaled_dot_product_attention and its gradients (fixtures/gpt2/make.py)", () => {
    const shape: Shape = [torch.B, torch.H, torch.T, torch.D];
    const tensors = () => [torch.q, torch.k, torch.v].map((x) => tf.tensor(x, shape) as tf.Tensor4D);
    const [q, k, v] = tensors() as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    expectClose(attentionWeights(q, k), torch.attention);
    expectClose(attention(q, k, v), torch.mixed);
    const f = (...inputs: tf.Tensor[]) => attention(...(inputs as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]));
    const gradients = tf.grads(f)([q, k, v], tf.tensor(torch.gradients.mixed, shape));
    ["q", "k", "v"].forEach((name, i) => {
      expectClose(gradients[i]!, torch.gradients[name], { ofLargest: 2e-6 });
    });
  });

  it("gives the last queries over all keys the same weights as the full pass", () => {
    const shape: Shape = [2, 2, 6, 4];
    const [q, k] = ["q", "k"].map((what) => tf.tensor(normals(shape, what), shape) as tf.Tensor4D) as [
      tf.Tensor4D,
      tf.Tensor4D,
    ];
    const last = q.slice([0, 0, 4, 0], [-1, -1, 2, -1]);
    const full = attentionWeights(q, k).slice([0, 0, 4, 0], [-1, -1, 2, -1]);
    expectClose(attentionWeights(last, k), full);
  });

  it("equals the formula op by op and its gradients for a long text, which it computes in blocks", () => {
    const shape: Shape = [1, 2, 300, 4];
    const tensors = ["q", "k", "v"].map((what) => tf.tensor(normals(shape, what), shape));
    const upstream = tf.tensor(normals(shape, "upstream"), shape);
    const whole = (...[q, k, v]: tf.Tensor[]) => {
      const scores = tf.matMul(q!, k!, false, true).mul(0.5).add(causalMask(300, 300));
      return tf.matMul(scores.softmax(), v!);
    };
    const blocks = (...x: tf.Tensor[]) => attention(...(x as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]));
    const expected = whole(...tensors);
    expectClose(blocks(...tensors), expected.dataSync());
    const [q, k, v] = tensors as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    const last = [0, 0, 100, 0] as const;
    expectClose(attention(q.slice([...last]), k, v), expected.slice([...last]).dataSync());
    const gradients = tf
      .grads(whole)(tensors, upstream)
      .map((gradient) => gradient.dataSync());
    tf.grads(blocks)(tensors, upstream).forEach((gradient, i) => {
      expectClose(gradient, gradients[i]!, { ofLargest: 1e-5 });
    });
  });

  it("draws a new dropout mask for each block of a long text", () => {
    const q = tf.zeros([1, 1, 256, 1]) as tf.Tensor4D;
    const each = tf.eye(256).reshape([1, 1, 256, 256]) as tf.Tensor4D; // shows the weight of each key
    const kept = attention(q, q, each, { rate: 0.5, seed: { step: tf.scalar(1, "int32"), site: 0 } }).dataSync();
    const drops = (row: number, from: number, to: number) =>
      Array.from(kept.slice(row * 256 + from, row * 256 + to), (weight) => (weight > 0 ? 1 : 0)).join("");
    // A generator's number 127 * 128 is the first of row 127 with 128 keys, and number 128 of row 63 with 256 keys.
    expect(drops(127, 0, 64)).not.toBe(drops(128 + 63, 128, 192));
    const count = drops(255, 0, 256).split("1").length - 1;
    expect(Math.abs(count - 128)).toBeLessThan(5 * 8);
  });

  it("gives later keys a weight of exactly 0 for any scores", () => {
    const q = tf.fill([1, 1, 4, 2], 100) as tf.Tensor4D;
    const k = tf.tensor4d([-900, -900, -300, -300, 300, 300, 900, 900], [1, 1, 4, 2]);
    expect(plain.rows(attentionWeights(q, k).dataSync(), 4)).toEqual([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ]);
  });

  it("leaves one new tensor in memory, and its gradient one per input", () => {
    const [q, k, v] = ["q", "k", "v"].map(
      (what) => tf.tensor(normals([1, 2, 3, 2], what), [1, 2, 3, 2]) as tf.Tensor4D,
    );
    const dropout = { rate: 0.5, seed: { step: tf.scalar(1, "int32"), site: 0 } };
    expect(tensorsLeft(() => attention(q!, k!, v!, dropout))).toBe(1);
    const f = (...x: tf.Tensor[]) => attention(...(x as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]), dropout);
    expect(tensorsLeft(() => tf.grads(f)([q!, k!, v!]))).toBe(3);
  });
});

onEveryBackend("causalMask", () => {
  it("masks later keys for queries at the end of the keys", () => {
    const hidden = (queries: number, keys: number) =>
      plain.rows(causalMask(queries, keys).dataSync(), keys).map((row) => row.map((x) => (x < 0 ? 1 : 0)).join(""));
    expect(hidden(3, 3)).toEqual(["011", "001", "000"]);
    expect(hidden(2, 4)).toEqual(["0001", "0000"]);
  });
});
