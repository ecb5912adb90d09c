import { expect, it } from "vitest";
import { onPlane, principalPlane } from "../../../src/page/browser/principalDirections.js";

it("finds the axes of a flat ellipse that was turned, and the share that it shows", () => {
  // In the plane of (3, 4, 0) / 5 and (0, 0, 1): ± 2 along the first, ± 1 along the second; ± 0.5 out of it.
  const points = [
    ...[2, -2].map((a) => [(3 * a) / 5, (4 * a) / 5, 7]),
    ...[1, -1].map((b) => [0, 0, 7 + b]),
    ...[0.5, -0.5].map((out) => [(4 * out) / 5, (-3 * out) / 5, 7]),
  ];
  const plane = principalPlane(points);
  expect([...plane.mean].map((x) => Math.round(x * 1e9) / 1e9)).toEqual([0, 0, 7]);
  const [first, second] = plane.directions.map((direction) => direction.map(Math.abs));
  [3 / 5, 4 / 5, 0].forEach((x, c) => {
    expect(first![c]).toBeCloseTo(x, 6);
  });
  [0, 0, 1].forEach((x, c) => {
    expect(second![c]).toBeCloseTo(x, 6);
  });
  expect(plane.share).toBeCloseTo((8 + 2) / (8 + 2 + 0.5), 9);
  expect(Math.abs(onPlane(points[0]!, plane)[0])).toBeCloseTo(2, 6);
  expect(Math.abs(onPlane(points[2]!, plane)[1])).toBeCloseTo(1, 6);
});

it("puts points on a line on one axis, and points that are one in the middle", () => {
  const line = principalPlane([
    [1, 1],
    [3, 3],
  ]);
  expect(line.share).toBeCloseTo(1, 12);
  expect([...line.directions[1]]).toEqual([0, 0]);
  const point = principalPlane([
    [2, 5],
    [2, 5],
  ]);
  expect([point.share, ...onPlane([2, 5], point)]).toEqual([1, 0, 0]);
});
