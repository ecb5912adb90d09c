import { expect, it } from "vitest";
import { Random } from "../../src/config/random.js";
import { draw } from "../../src/generation/sampler.js";

const probabilities = [0.5, 0.25, 0.15, 0.07, 0.03];
const candidates = probabilities.map((probability, i) => ({ id: 10 + i, probability }));

it("draws each candidate as often as its probability says, by the chi-square test", () => {
  const random = new Random(1337, "test");
  const draws = 20_000;
  const counts = probabilities.map(() => 0);
  for (let i = 0; i < draws; i++) counts[draw(candidates, random) - 10]!++;
  const chiSquare = counts.reduce(
    (sum, n, i) => sum + (n - draws * probabilities[i]!) ** 2 / (draws * probabilities[i]!),
    0,
  );
  expect(chiSquare).toBeLessThan(13.28); // exceeded with probability 0.01, for four degrees of freedom
});

it("takes the first at which the running sum passes the number drawn", () => {
  const at = (uniform: number) => draw(candidates, { uniform01: () => uniform } as Random);
  expect([0, 0.4999, 0.5, 0.7499, 0.75, 0.971, 1 - 2 ** -53].map(at)).toEqual([10, 10, 11, 11, 12, 14, 14]);
});

it("takes the last where rounding leaves the sum short of the number drawn", () => {
  const short = [
    { id: 3, probability: 0.5 },
    { id: 4, probability: 0.4999 },
  ];
  expect(draw(short, { uniform01: () => 0.99999 } as Random)).toBe(4);
});

it("uses one number a draw", () => {
  const [a, b] = [new Random(5, "x"), new Random(5, "x")];
  draw(candidates, a);
  b.uniform01();
  expect(a.uniform01()).toBe(b.uniform01());
});
