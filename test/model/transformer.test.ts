import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { activationKinds, modelConfig, positionKinds } from "../../src/config/model.js";
import { layersOf } from "../../src/model/stack.js";
import { Transformer } from "../../src/model/transformer.js";
import { weightShapes } from "../../src/model/weightShapes.js";
import { TrainingStep } from "../../src/training/step.js";
import { onEveryBackend, present } from "../support/backends.js";
import { dot, expectClose, integers, normals, tensorsLeft } from "../support/numbers.js";
import { numericalGradient } from "../support/numericalGradient.js";
import { rows } from "../support/plain.js";
import { refusal } from "../support/refusal.js";
import { tinyBatch, tinyConfig, tinyIds, tinyModel, tinyTraining } from "../support/tinyModel.js";

const { contextLength: T, vocabSize: V, numLayers: L } = tinyConfig;

onEveryBackend("a model", () => {
  describe.each(positionKinds)("with %s positions", (positions) => {
    it("is causal: changing token t changes no logit before t, and changes that of t", () => {
      const model = tinyModel({ positions });
      const ids = Array.from(integers(T, V, "ids"));
      const logits = (row: number[]) => rows(model.logits(tf.tensor2d([row], [1, T], "int32")).dataSync(), V);
      const before = logits(ids);
      for (let t = 0; t < T; t++) {
        const after = logits(ids.map((id, i) => (i === t ? (id + 1) % V : id)));
        expect(after.slice(0, t)).toEqual(before.slice(0, t));
        expect(after[t]).not.toEqual(before[t]);
      }
      model.dispose();
    });

    it("gives the beginning of a text what it gives it alone", () => {
      const model = tinyModel({ positions });
      const ids = tinyIds(1);
      const full = rows(model.logits(ids).dataSync(), V);
      for (let t = 1; t <= T; t++) {
        expectClose(model.logits(ids.slice([0, 0], [1, t])), full.slice(0, t).flat());
      }
      model.dispose();
    });
  });

  it.each([1, 2, 4])("has attention rows that sum to 1 and are 0 above the diagonal, with %i heads", (numHeads) => {
    const model = tinyModel({ numHeads });
    const seen: string[] = [];
    model.logits(tinyIds(2), {
      tap: (layer, point, value) => {
        if (point !== "weights") return;
        seen.push(layer);
        expect(value.shape).toEqual([2, numHeads, T, T]);
        rows(value.dataSync(), T).forEach((row, i) => {
          expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
          expect(row.slice((i % T) + 1)).toEqual(row.slice((i % T) + 1).fill(0));
          expect(row.slice(0, (i % T) + 1).every((weight) => weight > 0)).toBe(true);
        });
      },
    });
    expect(seen).toEqual(Array.from({ length: L }, (_, i) => `blocks.${i}.attention`));
    model.dispose();
  });

  it("runs each of its layers, in order, and drops activations after the embedding, attention and feed-forward", () => {
    const model = tinyModel({ dropout: 0.5, tie: false });
    const zeros = new Map<string, boolean>();
    model.logits(tinyIds(2), {
      dropoutSeed: tf.scalar(1, "int32"),
      tap: (layer, point, value) => {
        if (point === "output" || point === "logits") zeros.set(layer, value.dataSync().includes(0));
      },
    });
    expect([...zeros.keys()]).toEqual(layersOf(model.stack).map((layer) => layer.name));
    const dropping = [...zeros].filter(([, has]) => has).map(([name]) => name);
    expect(dropping).toEqual([
      "dropout",
      ...[0, 1].flatMap((i) => [`blocks.${i}.attention`, `blocks.${i}.feedForward`]),
    ]);
    model.dispose();
  });

  it("gives each sequence of a batch what it gives it alone", () => {
    const model = tinyModel();
    const ids = tinyIds(3);
    const alone = [0, 1, 2].flatMap((i) => [...model.logits(ids.slice([i, 0], [1, T])).dataSync()]);
    expectClose(model.logits(ids), alone);
    model.dispose();
  });

  it("gives each sequence of a batch the losses that it gives it alone, in their order", () => {
    const model = tinyModel();
    const [ids, targets] = [tinyIds(5), tinyIds(6).slice([1, 0], [5, T])];
    const row = (of: tf.Tensor2D, i: number) => of.slice([i, 0], [1, T]);
    const alone = [0, 1, 2, 3, 4].flatMap((i) => [...model.losses(row(ids, i), row(targets, i)).dataSync()]);
    expectClose(model.losses(ids, targets), alone);
    model.dispose();
  });

  it("drops other activations in each sequence of a batch", () => {
    const model = tinyModel({ dropout: 0.5 });
    const ids = tf.tile(tinyIds(1), [6, 1]) as tf.Tensor2D;
    const losses = rows(model.losses(ids, ids, { dropoutSeed: tf.scalar(1, "int32") }).dataSync(), T);
    expect(new Set(losses.map((row) => row.join())).size).toBe(6);
    model.dispose();
  });

  it("leaves what it answers and nothing else", () => {
    const model = tinyModel({ dropout: 0.1 });
    const [ids, dropoutSeed] = [tinyIds(2), tf.scalar(1, "int32")];
    expect(tensorsLeft(() => model.logits(ids))).toBe(1);
    expect(tensorsLeft(() => model.losses(ids, ids, { dropoutSeed }))).toBe(1);
    expect(tensorsLeft(() => model.read())).toBe(0);
    expect(tensorsLeft(() => model.load(model.read()))).toBe(0);
    expect(tensorsLeft(() => tinyModel().dispose())).toBe(0);
    model.dispose();
  });

  it("gives back the weights that it was given, bit for bit", () => {
    const model = tinyModel();
    for (const [name, { shape, data }] of model.read()) {
      const around = name.endsWith("gain") ? 1 : 0;
      expect(data).toEqual(normals(shape, name, 0.5).map((x) => x + around));
    }
    model.dispose();
  });
});

it.each(present.slice(1))("%s and cpu agree on logits and gradients, for every activation", async (backend) => {
  const results = async (name: typeof backend) => {
    await useBackend(name);
    return activationKinds.flatMap((activation) => {
      const model = tinyModel({ activation, tie: activation !== "gelu", bias: activation !== "silu" });
      const { value, grads } = tf.variableGrads(
        () => model.losses(tinyIds(), tinyIds()).mean(),
        [...model.weights.values()],
      );
      const numbers = [model.logits(tinyIds()), value, ...[...model.weights.values()].map((w) => grads[w.name]!)];
      const plain = numbers.map((tensor) => tensor.dataSync());
      model.dispose();
      return plain;
    });
  };
  const [ours, cpu] = [await results(backend), await results("cpu")];
  expect(ours.length).toBe(cpu.length);
  ours.forEach((numbers, i) => {
    expectClose(numbers, cpu[i]!, { absolute: 1e-6, relative: 1e-5, ofLargest: 2e-6 });
  });
});

describe("a model on cpu", () => {
  beforeAll(async () => {
    await useBackend("cpu");
  });

  it("has the gradients that differences give, for every weight, with dropout on", () => {
    const model = tinyModel({ numLayers: 1, dropout: 0.3, vocabSize: 5, contextLength: 3 });
    const ids = tf.tensor2d(integers(6, 5), [2, 3], "int32");
    const upstream = normals([6], "upstream");
    const context = { dropoutSeed: tf.scalar(2, "int32") };
    const weighted = () => tf.tidy(() => dot(model.losses(ids, ids, context).dataSync(), upstream));
    const sum = () => model.losses(ids, ids, context).mul(tf.tensor1d(upstream)).sum() as tf.Scalar;
    const { grads } = tf.variableGrads(sum, [...model.weights.values()]);
    for (const [, weight] of model.weights) {
      const values = weight.dataSync().slice() as Float32Array;
      const f = (moved: Float32Array) => {
        tf.tidy(() => weight.assign(tf.tensor(moved, weight.shape)));
        return weighted();
      };
      expectClose(grads[weight.name]!, numericalGradient(f, values), { absolute: 2e-4, ofLargest: 2e-4 });
      f(values);
    }
    model.dispose();
  });

  const combinations = positionKinds.flatMap((positions) =>
    activationKinds.flatMap((activation) =>
      [true, false].flatMap((bias) => [true, false].map((tie) => ({ positions, activation, bias, tie }))),
    ),
  );

  it.each(combinations)("has exactly the weights of weightShapes, and trains each: %o", (options) => {
    const config = { ...tinyConfig, ...options };
    const model = new Transformer(config);
    const shapes = [...model.weights].map(([name, { shape }]) => [name, shape]);
    expect(shapes).toEqual([...weightShapes(modelConfig(config))]);
    const before = model.read();
    const step = new TrainingStep(model, tinyTraining());
    const { loss } = step.run([tinyBatch(0)], 1, 0.01);
    expect(loss).toBeCloseTo(Math.log(V), 1); // small initial weights know nothing
    for (const [name, { data }] of model.read()) expect(data, name).not.toEqual(before.get(name)!.data);
    step.dispose();
    model.dispose();
  });

  it("has a dropout site of its own for each place that drops", () => {
    const model = tinyModel({ dropout: 0.1, numLayers: 3 });
    const sites = layersOf(model.stack).flatMap((layer) => {
      const { site } = layer.getConfig() as { site?: number };
      if (site === undefined) return [];
      return layer.getClassName() === "CausalSelfAttention" ? [site, site + 1] : [site]; // its weights, its outputs
    });
    expect(sites.length).toBe(1 + 3 * 3);
    expect(new Set(sites).size).toBe(sites.length);
    model.dispose();
  });

  it.each(positionKinds)("refuses an input longer than its context, with %s positions", (positions) => {
    const model = tinyModel({ positions });
    expect(refusal(() => model.logits(tf.zeros([1, T + 1], "int32")))).toBe(
      `DataError: input must fit the context of ${T} tokens: got ${T + 1} (give the model its last ${T})`,
    );
    model.dispose();
  });

  it("refuses weights that are missing, unknown or of another shape, and then has not changed", () => {
    const model = tinyModel();
    const before = model.read();
    const changed = (edit: (values: ReturnType<Transformer["read"]>) => void) => {
      const values = model.read();
      for (const { data } of values.values()) data.fill(0);
      edit(values);
      return refusal(() => model.load(values));
    };
    expect(changed((v) => v.delete("finalNorm.gain"))).toBe("CheckpointError: finalNorm.gain is missing");
    expect(changed((v) => v.set("x", { shape: [1], data: new Float32Array(1) }))).toBe(
      "CheckpointError: x is not part of this model",
    );
    expect(changed((v) => v.set("finalNorm.gain", { shape: [2, 2], data: new Float32Array(4) }))).toBe(
      "CheckpointError: finalNorm.gain must have shape [4]: got [2,2]",
    );
    expect(model.read()).toEqual(before);
    model.dispose();
  });
});
