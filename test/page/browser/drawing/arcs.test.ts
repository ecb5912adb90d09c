import { expect, it } from "vitest";
import { arcsFrom } from "../../../../src/page/browser/drawing/arcs.js";

it("draws half ellipses from a token to those before it, the farthest as high as may be", () => {
  const arcs = arcsFrom(2, { centers: [10, 50, 110], weights: [0.7, 0.005, 0.295], base: 100, height: 80 });
  expect(arcs).toEqual([
    { from: 2, to: 0, weight: 0.7, path: "M 110 100 A 50 80 0 0 0 10 100" },
    { from: 2, to: 2, weight: 0.295, path: "M 106 100 C 96 78, 124 78, 114 100" },
  ]);
});

it("makes a nearer token's arc lower, by the root of the distance", () => {
  const [far, near] = arcsFrom(2, { centers: [0, 75, 100], weights: [0.5, 0.5, 0], base: 0, height: 40 });
  expect([far!.path, near!.path]).toEqual(["M 100 0 A 50 40 0 0 0 0 0", "M 100 0 A 12.5 20 0 0 0 75 0"]);
});
