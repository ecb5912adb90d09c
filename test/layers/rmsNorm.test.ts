import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { RmsNorm } from "../../src/layers/rmsNorm.js";
import { Transformer } from "../../src/model/transformer.js";
import { TrainingStep } from "../../src/training/step.js";
import { onEveryBackend } from "../support/backends.js";
import { checkLayer } from "../support/checkLayer.js";
import { expectClose } from "../support/numbers.js";
import { tinyBatch, tinyConfig, tinyTraining } from "../support/tinyModel.js";

checkLayer({
  Layer: RmsNorm,
  config: { epsilon: 0.25 },
  input: [2, 3, 4],
  output: [2, 3, 4],
  weights: { gain: [4] },
  refusals: [
    [{ epsilon: 0 }, "RmsNorm.epsilon must be a number above 0: got 0"],
    [{ epsilon: Number.NaN }, "RmsNorm.epsilon must be a number above 0: got NaN"],
  ],
});

const torch = JSON.parse(readFileSync(new URL("../fixtures/rmsNorm/rmsNorm.json", import.meta.url), "utf8"));

/** A layer with weights of its own. */
function norm(gain: number[], epsilon: number): RmsNorm {
  const layer = new RmsNorm({ epsilon });
  layer.build([null, null, gain.length]);
  layer.setWeights([tf.tensor1d(gain)]);
  return layer;
}

onEveryBackend("RmsNorm", () => {
  it("is gain * x / sqrt(mean(x²) + epsilon): 3 and 4 have a mean square of 12.5", () => {
    const y = norm([2, -1], 3.5).call(tf.tensor3d([[[3, 4]]])); // sqrt(12.5 + 3.5) = 4
    expectClose(y, [(2 * 3) / 4, (-1 * 4) / 4]);
  });

  it("is torch's rms_norm, with its gradients (fixtures/rmsNorm/make.py)", () => {
    const layer = norm(torch.gain, torch.epsilon);
    const [x, upstream] = [tf.tensor(torch.x, torch.shape), tf.tensor(torch.upstream, torch.shape)];
    expectClose(layer.call(x), torch.y);
    const loss = (input: tf.Tensor) => layer.call(input).mul(upstream).sum() as tf.Scalar;
    expectClose(tf.grad(loss)(x), torch.dx, { ofLargest: 1e-6 });
    const gain = layer.weights[0]!.read() as tf.Variable;
    expectClose(tf.variableGrads(() => loss(x), [gain]).grads[gain.name]!, torch.dgain, { ofLargest: 1e-6 });
  });

  it("trains a model compiled as it does op by op", () => {
    const losses = [true, false].map((compiled) => {
      const model = new Transformer({ ...tinyConfig, norm: "rmsnorm", bias: false });
      const step = new TrainingStep(model, tinyTraining(), { compiled });
      const each = [1, 2, 3].map((i) => step.run([tinyBatch(i)], i, 0.01).loss);
      step.dispose();
      model.dispose();
      return each;
    });
    expectClose(losses[0]!, losses[1]!);
  });
});

it("is the norm of a model that asks for it, everywhere", () => {
  const model = new Transformer({ ...tinyConfig, norm: "rmsnorm", normEpsilon: 0.5 });
  const norms = model.symbolic().layers.filter(({ name }) => /[nN]orm$/.test(name));
  expect(norms.map((layer) => [layer.getClassName(), layer.getConfig().epsilon])).toEqual(
    Array(5).fill(["RmsNorm", 0.5]),
  );
  expect([...model.weights.keys()].filter((name) => /[nN]orm\.bias/.test(name))).toEqual([]);
  model.dispose();
});
