import { expect, it } from "vitest";
import type { ModelConfig } from "../../src/config/model.js";
import { capture, onlyPoints } from "../../src/inspection/capture.js";
import { outcome } from "../../src/inspection/effect.js";
import { ablatePart } from "../../src/inspection/interventions.js";
import { lens, residualPlaces } from "../../src/inspection/lens.js";
import { placeName } from "../../src/inspection/places.js";
import type { Transformer } from "../../src/model/transformer.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose, tensorsLeft } from "../support/numbers.js";
import { rows } from "../support/plain.js";
import { refusal } from "../support/refusal.js";
import { tinyConfig, tinyModel, tinyRows } from "../support/tinyModel.js";

const { contextLength: T, vocabSize: V, numLayers: L } = tinyConfig;
const ids = tinyRows(2);

/** The tiny model's first layers with its final norm and output. */
function shortened(numLayers: number, changes: Partial<ModelConfig>): Transformer {
  return tinyModel({ ...changes, numLayers }); // a tiny weight depends on its name alone
}

onEveryBackend("the lens", () => {
  const kinds: Partial<ModelConfig>[] = [{}, { norm: "rmsnorm", tie: false, bias: false, positions: "none" }];

  it.each(kinds)("sees after each block, and within, what a model that ends there answers (%o)", (changes) => {
    const model = tinyModel(changes);
    const seen = lens(model, capture(model, ids));
    expect(seen.map(({ place }) => placeName(place))).toEqual([
      "dropout.output",
      ...["attention", "feedForward"].map((part) => `blocks.0.${part}.residual`),
      ...["attention", "feedForward"].map((part) => `blocks.1.${part}.residual`),
    ]);
    for (let layer = 0; layer < L; layer++) {
      const short = shortened(layer + 1, changes);
      const between = [ablatePart(layer, "feedForward")];
      const before = [ablatePart(layer, "attention"), ...between];
      [before, between, []].forEach((interventions, i) => {
        const { logits } = seen[2 * layer + i]!;
        expect(logits.shape).toEqual([2, T, V]);
        expectClose(logits.values, outcome(short, ids, { interventions }).logits.values);
      });
      short.dispose();
    }
    model.dispose();
  });

  it("keeps one position, and leaves no tensor", () => {
    const model = tinyModel();
    const captured = capture(model, ids, { at: ({ point }) => ["output", "residual", "logits"].includes(point) });
    const whole = lens(model, captured);
    let third: ReturnType<typeof lens> = [];
    const left = tensorsLeft(() => {
      third = lens(model, captured, { position: 3 });
    });
    expect(left).toBe(0);
    third.forEach(({ place, logits }, i) => {
      expect(place).toEqual(residualPlaces(model.config)[i]);
      expect(logits.shape).toEqual([2, 1, V]);
      expectClose(
        logits.values,
        rows(whole[i]!.logits.values, V)
          .filter((_, r) => r % T === 3)
          .flat(),
      );
    });
    model.dispose();
  });
});

it("a position is one of the text, and the stream was captured", () => {
  const model = tinyModel();
  expect(refusal(() => lens(model, capture(model, ids), { position: 5 }))).toBe(
    "ConfigError: position must be a whole number from 0 to 4: got 5",
  );
  expect(refusal(() => lens(model, capture(model, ids, { at: onlyPoints("residual") })))).toMatch(
    /^DataError: place must be one that was captured: got dropout.output /,
  );
  model.dispose();
});
