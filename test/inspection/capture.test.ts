import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { KvCache } from "../../src/generation/kvCache.js";
import { capture, captureBytes, onlyPoints } from "../../src/inspection/capture.js";
import { placeName, placesOf, shapeAt } from "../../src/inspection/places.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose, tensorsLeft } from "../support/numbers.js";
import { refusal } from "../support/refusal.js";
import { tinyConfig, tinyIds, tinyModel, tinyRows } from "../support/tinyModel.js";

const { contextLength: T } = tinyConfig;

onEveryBackend("a capture", () => {
  it("keeps every place in order, with the stated shapes and bytes, and the pass's own numbers", () => {
    const model = tinyModel();
    const captured = capture(model, tinyRows(2));
    const places = placesOf(model.config);
    expect(captured.places).toEqual(places.map(placeName));
    for (const { layer, point } of places)
      expect(captured.at(layer, point).shape).toEqual(shapeAt(point, model.config, [2, T]));
    expect(captured.bytes).toBe(captureBytes(model.config, [2, T]));
    expectClose(
      tf.tensor(captured.at("output", "logits").values, captured.at("output", "logits").shape),
      model.logits(tinyIds(2)),
    );
    model.dispose();
  });

  it("keeps only what was asked for, and leaves no tensor behind", () => {
    const model = tinyModel();
    let captured: ReturnType<typeof capture> | undefined;
    expect(
      tensorsLeft(() => {
        captured = capture(model, tinyRows(1), { at: onlyPoints("weights") });
      }),
    ).toBe(0);
    expect(captured!.places).toEqual(["blocks.0.attention.weights", "blocks.1.attention.weights"]);
    expect(captured!.bytes).toBe(captureBytes(model.config, [1, T], onlyPoints("weights")));
    expect(refusal(() => captured!.at("tokens"))).toBe(
      "DataError: place must be one that was captured: got tokens.output (captured are blocks.0.attention.weights, blocks.1.attention.weights)",
    );
    model.dispose();
  });

  it("sees with a cache, token by token, the rows that a whole pass has", () => {
    const model = tinyModel();
    const [row] = tinyRows(1);
    const whole = capture(model, [row!]);
    const cache = new KvCache(model.config);
    for (let t = 0; t < T; t++) {
      const position = tf.scalar(t, "int32");
      const step = capture(model, [[row![t]!]], { cache: cache.extending(position) });
      for (const layer of ["tokens", "blocks.1.attention", "finalNorm"]) {
        const width = model.config.hiddenDim;
        expectClose(step.at(layer).values, whole.at(layer).values.slice(t * width, (t + 1) * width));
      }
      position.dispose();
    }
    cache.dispose();
    model.dispose();
  });

  it("goes on with what an intervention returns, and keeps that", () => {
    const model = tinyModel();
    const silent = { layer: "blocks.0.attention", point: "output", change: (x: tf.Tensor) => x.zerosLike() } as const;
    const captured = capture(model, tinyRows(1), { interventions: [silent] });
    expect(new Set(captured.at("blocks.0.attention").values)).toEqual(new Set([0]));
    expect(captured.at("blocks.0.attention", "residual").values).toEqual(captured.at("dropout").values);
    model.dispose();
  });
});

it("interventions are at places of the model", () => {
  const model = tinyModel();
  const change = (x: tf.Tensor) => x;
  const interventions = [{ layer: "blocks.9.attention", point: "output", change } as const];
  expect(refusal(() => capture(model, tinyRows(1), { interventions }))).toBe(
    "DataError: intervention must be at a place of this model of 2 layers: got blocks.9.attention.output (placesOf(config) lists them)",
  );
  model.dispose();
});

it("sequences of one length are needed", () => {
  const model = tinyModel();
  const rule = "DataError: ids must be sequences of one length, at least 1 token long";
  expect(refusal(() => capture(model, []))).toBe(`${rule}: got 0 of none tokens`);
  expect(refusal(() => capture(model, [[1, 2], [1]]))).toBe(`${rule}: got 2 of 2, 1 tokens`);
  model.dispose();
});
