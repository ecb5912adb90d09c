import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { Transformer } from "../../src/model/transformer.js";
import { AdamW } from "../../src/optimizers/adamW.js";
import { loadCheckpoint } from "../../src/runs/checkpoint/checkpoint.js";
import { clipScale, globalNorm } from "../../src/training/clipping.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose } from "../support/numbers.js";

const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/gpt2/${path}`, import.meta.url));

/** A model that transformers saved, with our weights of it. */
function load(name: string): Transformer {
  const { config, weights } = loadCheckpoint(fixture(name));
  const model = new Transformer(config);
  model.load(weights);
  return model;
}

/** As transformers scores a text: position t on token t + 1, the last one not at all. */
function loss(model: Transformer, ids: number[][]): tf.Scalar {
  return tf.tidy(() => {
    const inputs = ids.map((row) => row.slice(0, -1));
    const targets = ids.map((row) => row.slice(1));
    return model.losses(tf.tensor2d(inputs, undefined, "int32"), tf.tensor2d(targets, undefined, "int32")).mean();
  });
}

function lossAndGradients(model: Transformer, ids: number[][]): { value: number; gradients: Map<string, tf.Tensor> } {
  const { value, grads } = tf.variableGrads(() => loss(model, ids), [...model.weights.values()]);
  const gradients = new Map([...model.weights].map(([name, weight]) => [name, grads[weight.name]!]));
  return { value: value.dataSync()[0]!, gradients };
}

/** A key's bias moves all scores of a query alike: its gradient is 0 but for rounding, which Adam blows up to a step. */
function withoutKeyBias(name: string, values: ArrayLike<number>): number[] {
  const third = values.length / 3;
  return Array.from(values).filter((_, i) => !name.endsWith("qkv.bias") || i < third || i >= 2 * third);
}

// Computed in float64 by torch and rounded to nine digits: see fixtures/gpt2/make.py.
onEveryBackend("a GPT-2 that transformers computed", () => {
  describe.each(["gelu-new-tied", "gelu-untied", "relu-wide", "fast-epsilon", "relu2-tied"])("%s", (name) => {
    const expected = JSON.parse(readFileSync(fixture(`${name}/expected.json`), "utf8"));
    const ids: number[][] = expected.inputIds;

    it("has these logits and this loss", () => {
      const model = load(name);
      expectClose(model.logits(tf.tensor2d(ids, undefined, "int32")), expected.logits, { ofLargest: 1e-6 });
      expectClose(loss(model, ids), [expected.loss], { relative: 1e-6, absolute: 0 });
      model.dispose();
    });

    it("has these gradients, weight by weight", () => {
      const model = load(name);
      const { gradients } = lossAndGradients(model, ids);
      expect([...gradients.keys()].sort()).toEqual(Object.keys(expected.gradients).sort());
      for (const [weight, gradient] of gradients) {
        expectClose(gradient, expected.gradients[weight], { ofLargest: 5e-6 });
      }
      model.dispose();
    });

    it("takes these three steps of AdamW with clipping", () => {
      const model = load(name);
      const { adamw } = expected;
      const optimizer = new AdamW(model.weights, adamw);
      for (let step = 1; step <= adamw.steps; step++) {
        const { value, gradients } = lossAndGradients(model, ids);
        const norm = globalNorm([...gradients.values()]);
        expectClose([value], [adamw.losses[step - 1]]);
        expectClose(norm, [adamw.gradientNorms[step - 1]]);
        optimizer.update(gradients, clipScale(norm, adamw.clip), optimizer.scalars(step, adamw.learningRate));
      }
      for (const [weight, { data }] of model.read()) {
        const [ours, theirs] = [data, adamw.weights[weight]].map((all) => withoutKeyBias(weight, all));
        // relu2 has gradients near 0, whose rounding Adam magnifies.
        expectClose(ours!, theirs!, { absolute: name === "relu2-tied" ? 2e-5 : 5e-6 });
      }
      optimizer.dispose();
      model.dispose();
    });
  });
});
