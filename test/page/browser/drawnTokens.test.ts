import { expect, it } from "vitest";
import { likeliest, probabilities } from "../../../src/inspection/nextTokens.js";
import { drawnChances } from "../../../src/page/browser/drawnTokens.js";

const logits = Float32Array.of(Math.log(1), Math.log(4), Math.log(2), Math.log(1));
const plain = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 };
const close = (values: ArrayLike<number>, wanted: number[]) =>
  wanted.forEach((value, i) => {
    expect(values[i], `value ${i}`).toBeCloseTo(value, 5);
  });

it("gives each token its share of e to its logit, whatever is added to all", () => {
  close(probabilities(logits), [1 / 8, 4 / 8, 2 / 8, 1 / 8]);
  close(probabilities(logits.map((x) => x + 500)), [1 / 8, 4 / 8, 2 / 8, 1 / 8]);
});

it("orders tokens by chance, and by id on a tie", () => {
  expect(likeliest(logits, 3).map(({ id }) => id)).toEqual([1, 2, 0]);
});

it("draws among what top-k and top-p leave, at a temperature", () => {
  close(drawnChances(logits, plain), [1 / 8, 4 / 8, 2 / 8, 1 / 8]);
  close(drawnChances(logits, { ...plain, topK: 2 }), [0, 4 / 6, 2 / 6, 0]);
  close(drawnChances(logits, { ...plain, topP: 0.5 }), [0, 1, 0, 0]);
  close(drawnChances(logits, { ...plain, temperature: 0.5 }), [1 / 22, 16 / 22, 4 / 22, 1 / 22]);
  close(drawnChances(logits, { ...plain, temperature: 0 }), [0, 1, 0, 0]);
});
