import { expect, it } from "vitest";
import { capture } from "../../src/inspection/capture.js";
import { placeName } from "../../src/inspection/places.js";
import { compareWordPaths, pathPlaces } from "../../src/inspection/wordPath.js";
import { tinyModel } from "../support/tinyModel.js";

it("a word's vectors are compared at every place, by the formula", () => {
  const model = tinyModel();
  const [a, b] = [
    { captured: capture(model, [[3, 1, 4]]), index: 1 },
    { captured: capture(model, [[6, 5, 2, 1]]), index: 3 },
  ] as const;
  const found = compareWordPaths(model.config, a, b);
  expect(found.map(({ place }) => placeName(place))).toEqual([
    "tokens.output",
    "dropout.output",
    "blocks.0.attention.residual",
    "blocks.0.feedForward.residual",
    "blocks.1.attention.residual",
    "blocks.1.feedForward.residual",
    "finalNorm.output",
  ]);
  expect(found[0]!.cosine).toBeCloseTo(1, 12);
  expect(found[0]!.distance).toBe(0);
  for (const { place, cosine, distance } of found) {
    const x = a.captured.at(place.layer, place.point).values.slice(1 * 4, 2 * 4);
    const y = b.captured.at(place.layer, place.point).values.slice(3 * 4, 4 * 4);
    let [xy, xx, yy, apart] = [0, 0, 0, 0];
    for (let c = 0; c < 4; c++) {
      xy += x[c]! * y[c]!;
      xx += x[c]! ** 2;
      yy += y[c]! ** 2;
      apart += (x[c]! - y[c]!) ** 2;
    }
    expect(cosine).toBeCloseTo(xy / Math.sqrt(xx) / Math.sqrt(yy), 10);
    expect(distance).toBeCloseTo(Math.sqrt(apart), 10);
  }
  expect(found.at(-1)!.cosine).toBeLessThan(0.999);
  model.dispose();
});

it("the same text gives one path, whatever comes after the word", () => {
  const model = tinyModel({ positions: "none" });
  const of = (...ids: number[]) => ({ captured: capture(model, [ids]), index: 1 });
  const found = compareWordPaths(model.config, of(3, 1), of(3, 1, 6));
  expect(found).toHaveLength(pathPlaces(model.config).length);
  expect(found.map(({ place }) => place.layer)).not.toContain("dropout");
  for (const { distance } of found) expect(distance).toBeLessThan(1e-5);
  model.dispose();
});
