import { expect, it } from "vitest";
import { pooledHeads } from "../../../../src/page/browser/drawing/pooled.js";

const twoHeads = Float32Array.of(1, 0, 0.25, 0.75, 1, 0, 0.75, 0.25);

it("averages heads place by place, or takes the largest weight", () => {
  expect([...pooledHeads(twoHeads, 2, "mean")]).toEqual([1, 0, 0.5, 0.5]);
  expect([...pooledHeads(twoHeads, 2, "max")]).toEqual([1, 0, 0.75, 0.75]);
});

it("leaves the weights as they are", () => {
  pooledHeads(twoHeads, 2, "mean");
  expect(twoHeads[6]).toBe(0.75);
});
