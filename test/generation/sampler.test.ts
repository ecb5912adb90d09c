import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { choose, drawNoise } from "../../src/generation/sampler.js";
import { softmax } from "../support/plain.js";

const all = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 };

/** How often each of `logits` is chosen in `draws` draws. */
function counts(logits: number[], changes: Partial<typeof all>, draws: number): number[] {
  const choice = { ...all, ...changes };
  const random = new Random(1337, "test");
  const noise = new Float32Array(logits.length);
  const chosen = logits.map(() => 0);
  for (let i = 0; i < draws; i++) {
    drawNoise(noise, choice.temperature, random);
    chosen[choose(Float32Array.from(logits), noise, choice)]!++;
  }
  return chosen;
}

const chiSquare = (found: number[], expected: number[]) =>
  found.reduce((sum, n, i) => sum + (n - expected[i]!) ** 2 / expected[i]!, 0);

describe("choose", () => {
  const logits = [0.5, -1, 2, 0, 1.2];

  it("draws tokens with the probabilities softmax(logits / temperature), by a chi-square test", () => {
    for (const temperature of [0.5, 1, 3]) {
      const expected = softmax(logits.map((logit) => logit / temperature)).map((p) => 20_000 * p);
      // the 0.99 quantile for four degrees of freedom
      expect(chiSquare(counts(logits, { temperature }, 20_000), expected)).toBeLessThan(13.28);
    }
  });

  it("draws only candidates, with the softmax over them", () => {
    const found = counts(logits, { topK: 3, temperature: 0.7 }, 20_000);
    expect([found[1], found[3]]).toEqual([0, 0]);
    const kept = [0, 2, 4];
    const expected = softmax(kept.map((id) => logits[id]! / 0.7)).map((p) => 20_000 * p);
    expect(
      chiSquare(
        kept.map((id) => found[id]!),
        expected,
      ),
    ).toBeLessThan(9.21); // two degrees of freedom
  });

  it("takes the likeliest token at temperature 0, the smaller id in a tie, without drawing numbers", () => {
    const random = new Random(5, "x");
    const noise = new Float32Array(4).fill(9);
    drawNoise(noise, 0, random);
    expect([...noise]).toEqual([0, 0, 0, 0]);
    expect(random.nextUint32()).toBe(new Random(5, "x").nextUint32());
    expect(choose(Float32Array.of(1, 3, 3, 2), noise, { ...all, temperature: 0, topK: 1 })).toBe(1);
  });

  it("takes the largest sum of logit and noise in float32, and the first candidate in a tie", () => {
    const chosen = (noise: number[], changes = {}) =>
      choose(Float32Array.of(1, 2, 3, 2), Float32Array.from(noise), { ...all, ...changes });
    expect(chosen([0, 0, 0, 0])).toBe(2);
    expect(chosen([0, 0, -2, 0.5])).toBe(3);
    expect(chosen([0, 0, -2, 1e-8])).toBe(1); // 2 + 1e-8 is 2 in float32
    expect(chosen([0, 1, 0, 1], { topK: 4 })).toBe(2); // the likeliest comes first
    expect(chosen([9, 0, 0, 0], { topK: 3 })).toBe(2);
  });
});

describe("drawNoise", () => {
  it("is temperature times Gumbel noise, with the mean and variance of that distribution", () => {
    const noise = new Float32Array(100_000);
    drawNoise(noise, 2, new Random(1, "noise"));
    const mean = noise.reduce((sum, x) => sum + x, 0) / noise.length;
    const variance = noise.reduce((sum, x) => sum + (x - mean) ** 2, 0) / noise.length;
    expect(mean / 2).toBeCloseTo(0.5772, 1); // Euler's constant
    expect(variance / 4 / (Math.PI ** 2 / 6)).toBeCloseTo(1, 1);
    expect(noise.every(Number.isFinite)).toBe(true);
  });

  it("is the same for the same seed, and uses one 32-bit number per token", () => {
    const [one, other] = [new Float32Array(7), new Float32Array(7)];
    const random = new Random(3, "x");
    drawNoise(one, 1, random);
    drawNoise(other, 1, new Random(3, "x"));
    expect(one).toEqual(other);
    const rest = new Random(3, "x");
    for (let i = 0; i < 7; i++) rest.nextUint32();
    expect(random.nextUint32()).toBe(rest.nextUint32());
  });
});
