import { expect, it } from "vitest";
import { type KnownPlace, senseCenters } from "../../../src/page/browser/knownPlaces.js";

it("takes the mean of each meaning's vectors at a stage", () => {
  const place = (sense: string, ...vectors: number[][]): KnownPlace => ({
    sense,
    text: "",
    walk: vectors.map((vector, i) => ({ stage: String(i), vector: Float32Array.from(vector) })),
  });
  const places = [place("club", [9, 9], [1, 2]), place("animal", [9, 9], [5, 5]), place("club", [9, 9], [3, 6])];
  expect(senseCenters(places, 1).map(({ sense, vector }) => [sense, [...vector]])).toEqual([
    ["club", [2, 4]],
    ["animal", [5, 5]],
  ]);
  expect(senseCenters([], 0)).toEqual([]);
});
