import { expect, it } from "vitest";
import { cosine, distanceBetween, nearestRows } from "../../src/core/vectors.js";

it("measures distance and angle", () => {
  expect(distanceBetween([1, 2], [4, 6])).toBe(5);
  expect(cosine([1, 0], [0, 3])).toBe(0);
  expect(cosine([1, 1], [-2, -2])).toBeCloseTo(-1, 12);
  expect(cosine([0, 0], [1, 1])).toBe(0);
});

it("finds the rows most alike, by falling cosine, without the row itself", () => {
  const rows = Float32Array.of(1, 0, 0, 2, 3, 1, -1, 0);
  expect(nearestRows(rows, 0, { width: 2, count: 2 })).toEqual([
    { row: 2, cosine: 3 / Math.sqrt(10) },
    { row: 1, cosine: 0 },
  ]);
  expect(nearestRows(rows, 0, { width: 2, count: 9 })).toHaveLength(3);
});
