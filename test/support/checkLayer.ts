import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import type { CallContext } from "../../src/layers/context.js";
import { present } from "./backends.js";
import { dot, expectClose, integers, normals, tensorsLeft } from "./numbers.js";
import { numericalGradient } from "./numericalGradient.js";
import { refusal } from "./refusal.js";

export interface LayerCase<Config extends object> {
  Layer: tf.serialization.SerializableConstructor<tf.layers.Layer> & (new (config: Config) => tf.layers.Layer);
  /** Every field of the config, none at its default. */
  config: Config;
  /** The input's shape, batch first. */
  input: number[];
  /** For a layer of token ids: they are below this number. */
  idsBelow?: number;
  output: number[];
  /** The weights that it has with this config, by name, in order, all trainable. */
  weights: Record<string, number[]>;
  /** Changed fields that the constructor refuses, and the whole message of the ConfigError. */
  refusals: [changes: object, message: string][];
}

type Called = (x: tf.Tensor, context?: CallContext) => tf.Tensor;

/** Proves what every layer must hold; what it computes is its own test's to say. */
export function checkLayer<Config extends object>(given: LayerCase<Config>): void {
  const { Layer, config, output, weights, refusals } = given;
  describe(Layer.className, () => {
    let rig: Rig;
    beforeEach(async () => {
      await useBackend("cpu");
      rig = makeRig(given);
    });
    afterEach(() => {
      rig.model.dispose();
    });

    it("answers in the shape that it promises", () => {
      expect(rig.call(rig.x).shape).toEqual(output);
      expect(rig.layer.computeOutputShape(rig.x.shape)).toEqual(output);
    });

    it("lists its weights, with their shapes, as trainable in the layer and in a model", () => {
      const shapes = rig.layer.weights.map((w) => [w.originalName.split("/").pop(), w.shape]);
      expect(Object.fromEntries(shapes)).toEqual(weights);
      expect(shapes.map(([name]) => name)).toEqual(Object.keys(weights));
      expect(rig.layer.trainableWeights).toEqual(rig.layer.weights);
      expect(rig.model.trainableWeights).toEqual(rig.layer.weights);
    });

    it("answers the same when made anew from a model's JSON: the config says everything, initial weights too", () => {
      const copy = tf.models.modelFromJSON as (json: object) => Promise<tf.LayersModel>;
      return copy(JSON.parse(rig.model.toJSON() as string)).then((model) => {
        expect(model.layers.at(-1)!.getConfig()).toEqual({ ...rig.layer.getConfig(), ...config });
        expectSame(rig, model);
      });
    });

    it("answers the same after tfjs's own save and load", async () => {
      randomize(rig.layer);
      let saved: tf.io.ModelArtifacts | undefined;
      const handler = tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      });
      await rig.model.save(handler);
      expectSame(rig, await tf.loadLayersModel(tf.io.fromMemory(saved!)));
    });

    it("has the gradients that differences give, for its input and every weight", () => {
      randomize(rig.layer);
      checkGradients(rig, output);
    });

    it("has every weight moved by a training step of tfjs", async () => {
      randomize(rig.layer);
      const before = rig.layer.getWeights().map((w) => w.dataSync().slice());
      const loss = () => tf.tidy(() => rig.call(rig.x).square().mean() as tf.Scalar);
      const variables = rig.layer.trainableWeights.map((w) => w.read() as tf.Variable);
      if (variables.length > 0) tf.train.sgd(0.5).minimize(loss, false, variables);
      rig.layer.weights.forEach((w, i) => {
        expect(w.read().dataSync(), w.name).not.toEqual(before[i]);
      });
    });

    it.each(present)("leaves one tensor after a call, on %s", async (backend) => {
      await useBackend(backend);
      const { layer, model, x, call } = makeRig(given);
      const dropoutSeed = tf.scalar(3, "int32");
      expect(tensorsLeft(() => call(x))).toBe(1);
      expect(tensorsLeft(() => layer.call([x], {}))).toBe(1);
      expect(tensorsLeft(() => call(x, { dropoutSeed }))).toBe(1);
      model.dispose();
    });

    if (refusals.length > 0) {
      it.each(refusals)("refuses %o", (changes, message) => {
        expect(refusal(() => new Layer({ ...config, ...changes } as Config))).toBe(`ConfigError: ${message}`);
      });
    }
  });
}

interface Rig {
  layer: tf.layers.Layer;
  /** The layer alone as a model, which built it. */
  model: tf.LayersModel;
  x: tf.Tensor;
  call: Called;
}

function makeRig<Config extends object>({ Layer, config, input, idsBelow }: LayerCase<Config>): Rig {
  const layer = new Layer({ ...config, name: "checked" } as Config);
  const entry = tf.input({ batchShape: input, dtype: idsBelow ? "int32" : "float32" });
  const model = tf.model({ inputs: entry, outputs: layer.apply(entry) as tf.SymbolicTensor });
  const size = tf.util.sizeFromShape(input);
  const x = idsBelow ? tf.tensor(integers(size, idsBelow), input, "int32") : tf.tensor(normals(input, "x"), input);
  return { layer, model, x, call: calling(layer) };
}

function calling(layer: tf.layers.Layer): Called {
  return (x, context = {}) => layer.call(x, context as never) as tf.Tensor;
}

/** Gives every weight numbers that matter: none stays at 0 or 1. */
function randomize(layer: tf.layers.Layer): void {
  layer.setWeights(
    layer.weights.map((w) => tf.tensor(normals(w.shape as number[], w.originalName), w.shape as number[])),
  );
}

/** Expects the same bits of a layer and of a model's last layer, without dropout and with. */
function expectSame({ call, x }: Rig, model: tf.LayersModel): void {
  const other = calling(model.layers.at(-1)!);
  expect((model.predict(x) as tf.Tensor).dataSync()).toEqual(call(x).dataSync());
  const context = { dropoutSeed: tf.scalar(11, "int32") };
  expect(other(x, context).dataSync()).toEqual(call(x, context).dataSync());
  model.dispose();
}

function checkGradients({ layer, x, call }: Rig, output: number[]): void {
  const context = { dropoutSeed: tf.scalar(11, "int32") };
  const upstream = normals(output, "upstream");
  const weighted = () => tf.tidy(() => dot(call(x, context).dataSync(), upstream));
  const y = (input: tf.Tensor) => call(input, context).mul(tf.tensor(upstream, output)).sum() as tf.Scalar;
  const tolerance = { absolute: 1e-4, ofLargest: 1e-4 };
  if (x.dtype === "float32") {
    const f = (v: Float32Array) => tf.tidy(() => dot(call(tf.tensor(v, x.shape), context).dataSync(), upstream));
    expectClose(tf.grad(y)(x), numericalGradient(f, x.dataSync() as Float32Array), tolerance);
  }
  for (const weight of layer.weights) {
    const variable = weight.read() as tf.Variable;
    const values = variable.dataSync().slice() as Float32Array;
    const assign = (v: Float32Array) => tf.tidy(() => variable.assign(tf.tensor(v, variable.shape)));
    const gradient = tf.variableGrads(() => y(x), [variable]).grads[variable.name]!;
    const f = (v: Float32Array) => {
      assign(v);
      return weighted();
    };
    expectClose(gradient, numericalGradient(f, values), tolerance);
    assign(values);
  }
}
