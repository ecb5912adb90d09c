import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import type { ModelConfig } from "../../src/config/model.js";
import type { Transformer } from "../../src/model/transformer.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose, tensorsLeft } from "../support/numbers.js";
import { tinyIds, tinyModel } from "../support/tinyModel.js";

/** Saves by tfjs and loads again: through files where it has them, else through memory. */
async function roundTrip(model: tf.LayersModel, backend: string): Promise<tf.LayersModel> {
  if (backend === "native") {
    const folder = mkdtempSync(join(tmpdir(), "heed-symbolic-"));
    await model.save(`file://${folder}`);
    const loaded = await tf.loadLayersModel(`file://${folder}/model.json`);
    rmSync(folder, { recursive: true });
    return loaded;
  }
  const saved = await new Promise<tf.io.ModelArtifacts>((resolve) => {
    model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        resolve(artifacts);
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      }),
    );
  });
  return tf.loadLayersModel(tf.io.fromMemory(saved));
}

const cases: [string, Partial<ModelConfig>][] = [
  ["a tied one with learned positions", {}],
  [
    "an untied one with sinusoidal positions, no biases and dropout",
    { tie: false, positions: "sinusoidal", bias: false, dropout: 0.2 },
  ],
  ["one without positions", { positions: "none", activation: "silu" }],
];

onEveryBackend("a model as a tf.LayersModel", (backend) => {
  describe.each(cases)("%s", (_, changes) => {
    const logits = (model: tf.LayersModel) => tf.tidy(() => model.predict(tinyIds()) as tf.Tensor);

    it("gives the same logits, before and after tfjs's own save and load", async () => {
      const model: Transformer = tinyModel(changes);
      const symbolic = model.symbolic();
      const expected = model.logits(tinyIds()).dataSync();
      expectClose(logits(symbolic), expected, { relative: 0, absolute: 0 });
      const loaded = await roundTrip(symbolic, backend);
      expectClose(logits(loaded), expected, { relative: 0, absolute: 0 });
      loaded.dispose();
      symbolic.dispose();
    });

    it("counts the model's weights and has its summary", () => {
      const model = tinyModel(changes);
      const symbolic = model.symbolic();
      const count = [...model.weights.values()].reduce((sum, w) => sum + w.size, 0);
      expect(symbolic.countParams()).toBe(count);
      const lines: string[] = [];
      symbolic.summary(120, undefined, (line) => lines.push(line));
      expect(lines.join("\n")).toContain(`Trainable params: ${count}\n`);
      expect(lines.join("\n")).toContain("blocks.1.feedForward");
      symbolic.dispose();
    });

    it("costs no tensor once the model is disposed", () => {
      const whole = () => {
        const model = tinyModel(changes);
        logits(model.symbolic()).dispose();
        model.dispose();
      };
      expect(tensorsLeft(whole)).toBe(0);
    });

    it("takes inputs of any length up to the context", () => {
      const model = tinyModel(changes);
      const symbolic = model.symbolic();
      const short = tinyIds().slice([0, 0], [1, 3]);
      expectClose(symbolic.predict(short) as tf.Tensor, model.logits(short), { relative: 0, absolute: 0 });
      symbolic.dispose();
    });
  });
});
