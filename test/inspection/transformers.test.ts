import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { capture } from "../../src/inspection/capture.js";
import { residualPlaces } from "../../src/inspection/lens.js";
import type { Place } from "../../src/inspection/places.js";
import { Transformer } from "../../src/model/transformer.js";
import { loadCheckpoint } from "../../src/runs/checkpoint/checkpoint.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose } from "../support/numbers.js";

const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/inspection/${path}`, import.meta.url));

/** transformers gives the stream before each block, and in the end what the final norm makes of it. */
function hiddenPlaces(config: { numLayers: number }): Place[] {
  const beforeBlocks = residualPlaces(config).filter((_, i) => i % 2 === 0);
  return [...beforeBlocks.slice(0, -1), { layer: "finalNorm", point: "output" }];
}

// Computed in float64 by torch and rounded to nine digits: see fixtures/inspection/make.py.
onEveryBackend("a GPT-2 that transformers looked into", () => {
  it.each(["two-layers", "deep-untied", "one-head"])("has these attentions, hidden states and logits: %s", (name) => {
    const expected = JSON.parse(readFileSync(fixture(`${name}/expected.json`), "utf8"));
    const { config, weights } = loadCheckpoint(fixture(name));
    const model = new Transformer(config);
    model.load(weights);
    const run = capture(model, expected.inputIds);
    const near = { absolute: 1e-5, relative: 0 };
    expect(expected.attentions.length).toBe(config.numLayers);
    expected.attentions.forEach((attention: number[], layer: number) => {
      expectClose(run.at(`blocks.${layer}.attention`, "weights").values, attention, near);
    });
    const places = hiddenPlaces(config);
    expect(expected.hiddenStates.length).toBe(places.length);
    places.forEach(({ layer, point }, i) => {
      expectClose(run.at(layer, point).values, expected.hiddenStates[i], near);
    });
    expectClose(run.at("output", "logits").values, expected.logits, near);
    model.dispose();
  });
});
