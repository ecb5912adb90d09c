import { expect, it } from "vitest";
import { strongestLinks } from "../../../src/page/browser/strongestLinks.js";

it("lists the largest weight of each row but those on the token itself or the first one, the largest first", () => {
  const weights = Float32Array.of(
    ...[1, 0, 0, 0, 0],
    ...[0.75, 0.25, 0, 0, 0],
    ...[0.25, 0.5, 0.25, 0, 0],
    ...[0, 0.25, 0, 0.75, 0],
    ...[0.125, 0, 0.875, 0, 0],
  );
  expect(strongestLinks(weights, 5)).toEqual([
    { from: 4, to: 2, weight: 0.875 },
    { from: 2, to: 1, weight: 0.5 },
  ]);
  expect(strongestLinks(weights, 1)).toHaveLength(1);
});
