import { expect, it } from "vitest";
import { Capture } from "../../src/inspection/capture.js";
import { sharpestHeads, weightRows } from "../../src/inspection/sharpestHeads.js";
import { tinyModel } from "../support/tinyModel.js";

/** Rows of four tokens: `shared` of each later row goes to the token `back` before it, the rest to itself. */
function rowsOf(back: number, shared: number): number[][] {
  return [0, 1, 2, 3].map((t) =>
    [0, 1, 2, 3].map((s) => (s === t - back ? shared : s === t ? 1 - (t < back ? 0 : shared) : 0)),
  );
}

/** A capture of the weights of two layers with two heads each. */
function captureOf(layers: number[][][][]): Capture {
  const kept = layers.map((heads, i) => {
    const weights = { shape: [1, 2, 4, 4], values: Float32Array.from(heads.flat(2)) };
    return [`blocks.${i}.attention.weights`, weights] as const;
  });
  return new Capture(new Map(kept));
}

// Of rows 1 to 3 the first token does not count: of "previous" row 1, of "two before" rows 1 and 2.
const captured = captureOf([
  [rowsOf(1, 0.25), rowsOf(2, 0.75)],
  [rowsOf(3, 1), rowsOf(1, 0.5)],
]);

it("heads stand in the order of the largest weights on earlier tokens, the first token aside", () => {
  const model = tinyModel();
  const found = sharpestHeads(model, captured).map(({ layer, head, sharpness }) => [layer, head, sharpness]);
  expect(found).toEqual([
    [1, 1, (0.5 + 0.5) / 3],
    [0, 1, 0.75 / 3],
    [0, 0, (0.25 + 0.25) / 3],
    [1, 0, 0],
  ]);
  model.dispose();
});

it("of one token its row alone counts", () => {
  const model = tinyModel();
  const found = sharpestHeads(model, captured, { token: 3 }).map(({ sharpness }) => sharpness);
  expect(found).toEqual([0.75, 0.5, 0.25, 0]);
  expect(sharpestHeads(model, captured, { token: 0 }).map(({ sharpness }) => sharpness)).toEqual([0, 0, 0, 0]);
  model.dispose();
});

it("rows end at the token itself", () => {
  expect(weightRows(captured, 0, 1)).toEqual([[1], [0, 1], [0.75, 0, 0.25], [0, 0.75, 0, 0.25]]);
});
