import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { capabilities } from "../../src/backends/capabilities.js";
import { nativeBackend } from "../../src/backends/native.js";
import { AdamW } from "../../src/optimizers/adamW.js";
import { onEveryBackend } from "../support/backends.js";
import { tinyModel } from "../support/tinyModel.js";

/** Whether a tensor's numbers are an array of JavaScript's, which waits to be handed over. */
const isLent = ({ dataId }: tf.Tensor) => nativeBackend()!.tensorMap.get(dataId).values !== null;

onEveryBackend("a copy in TensorFlow's memory", (backend) => {
  it("has the numbers of what it was made from, and needs it no longer", () => {
    const made = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const copy = capabilities().copy(made);
    if (backend === "native") {
      expect([isLent(copy), copy === made]).toEqual([false, false]);
      made.dispose();
    } else expect(copy).toBe(made);
    expect(copy.arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    copy.dispose();
  });

  it.runIf(backend === "native")("is what random and loaded weights, and moments, begin as", () => {
    const model = tinyModel();
    const optimizer = new AdamW(model.weights, { weightDecay: 0.1, beta1: 0.9, beta2: 0.99 });
    const lent = () => [...model.weights].filter(([, weight]) => isLent(weight)).map(([name]) => name);
    expect(lent().filter((name) => !/\.(gain|bias)$/.test(name))).toEqual([]);
    expect([...optimizer.state.values()].some(isLent)).toBe(false);
    model.load(model.read());
    expect(lent()).toEqual([]);
    optimizer.dispose();
    model.dispose();
  });
});
