import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generationConfig } from "../../src/config/generation.js";
import { candidates, penalizeRepetition } from "../../src/generation/filters.js";
import { softmax } from "../support/plain.js";

const all = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 };
const filter = (logits: number[], changes: Partial<typeof all>) => [
  ...candidates(Float32Array.from(logits), { ...all, ...changes }),
];

/** The logits whose softmax is `probabilities`. */
const logs = (probabilities: number[]) => probabilities.map(Math.log);

describe("candidates", () => {
  const probabilities = [0.1, 0.4, 0.05, 0.3, 0.15];

  it("are all tokens without a filter, and at temperature 0, where the likeliest is taken anyway", () => {
    expect(filter(logs(probabilities), {})).toEqual([0, 1, 2, 3, 4]);
    expect(filter(logs(probabilities), { temperature: 0, topK: 1, topP: 0.1, minP: 0.9 })).toEqual([0, 1, 2, 3, 4]);
  });

  it("are the topK likeliest, with the smaller ids in a tie", () => {
    expect(filter(logs(probabilities), { topK: 2 })).toEqual([1, 3]);
    expect(filter([5, 5, 5, 5], { topK: 2 })).toEqual([0, 1]);
    expect(filter([1, 2], { topK: 10 })).toEqual([1, 0]);
  });

  it("are the smallest set of likeliest tokens with a total probability of topP", () => {
    const held = (topP: number) => filter(logs(probabilities), { topP });
    expect(held(0.01)).toEqual([1]);
    expect(held(0.39)).toEqual([1]);
    expect(held(0.41)).toEqual([1, 3]);
    expect(held(0.69)).toEqual([1, 3]);
    expect(held(0.71)).toEqual([1, 3, 4]);
    expect(held(0.999)).toEqual([1, 3, 4, 0, 2]);
  });

  it("are exactly topP of the tokens if all probabilities are equal", () => {
    const count = (topP: number) => filter(new Array(10).fill(-2.5), { topP }).length;
    expect([0.1, 0.3, 0.5, 0.7, 0.9].map(count)).toEqual([1, 3, 5, 7, 9]);
  });

  it("apply topP to the probabilities after temperature", () => {
    // softmax([1, 0, -1] / 0.5) is .867 .117 .016; softmax([1, 0, -1] / 4) is .419 .326 .254
    expect(filter([0, 1, -1], { temperature: 0.5, topP: 0.86 })).toEqual([1]);
    expect(filter([0, 1, -1], { temperature: 4, topP: 0.7 })).toEqual([1, 0]);
    expect(filter([0, 1, -1], { temperature: 4, topP: 0.75 })).toEqual([1, 0, 2]);
  });

  it("are the tokens with at least minP times the highest probability", () => {
    const held = (minP: number) => filter(logs(probabilities), { minP });
    expect(held(0.12)).toEqual([0, 1, 2, 3, 4]);
    expect(held(0.13)).toEqual([0, 1, 3, 4]);
    expect(held(0.74)).toEqual([1, 3]);
    expect(held(1)).toEqual([1]);
    expect(filter([0, 1, -1], { temperature: 0.5, minP: 0.13 })).toEqual([0, 1]); // exp(-1 / 0.5) is .135
    expect(filter([0, 1, -1], { temperature: 0.5, minP: 0.14 })).toEqual([1]);
  });

  it("are cut to topK, then to topP of what is left, then to minP", () => {
    // topK 3 leaves .4 .3 .15 of .85; topP 0.8 of that needs the first two (.7 of .85); minP 0.8 leaves the first.
    const found = (minP: number) => filter(logs(probabilities), { topK: 3, topP: 0.8, minP });
    expect(found(0)).toEqual([1, 3]);
    expect(found(0.8)).toEqual([1]);
  });

  it("are right for extreme logits", () => {
    expect(filter([3e38, -3e38, 0], { topP: 0.999 })).toEqual([0]);
    expect(filter([0, 1e-3], { temperature: 1e-6, topP: 0.99 })).toEqual([1]);
  });

  const anyLogits = fc.array(
    fc.integer({ min: -60, max: 60 }).map((x) => x / 4),
    { minLength: 1, maxLength: 30 },
  );
  const anyFilter = fc.record({
    temperature: fc.double({ min: 0.05, max: 5, noNaN: true }),
    topK: fc.integer({ min: 0, max: 35 }),
    topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
    minP: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  it("are always the likeliest tokens, at least one, each once, and sorted by probability under topK or topP", () => {
    fc.assert(
      fc.property(anyLogits, anyFilter, (logits, given) => {
        const found = filter(logits, given);
        expect(found.length).toBeGreaterThan(0);
        const ranked = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b).slice(0, found.length);
        if (given.topK === 0 && given.topP === 1) ranked.sort((a, b) => a - b);
        expect(found).toEqual(ranked);
      }),
    );
  });

  it("reach topP, but not without the last of them", () => {
    fc.assert(
      fc.property(anyLogits, fc.double({ min: 0.01, max: 0.999, noNaN: true }), (logits, topP) => {
        const held = softmax(logits).sort((a, b) => b - a);
        const sum = (count: number) => held.slice(0, count).reduce((total, p) => total + p, 0);
        const count = filter(logits, { topP }).length;
        expect(sum(count)).toBeGreaterThan(topP - 1e-6);
        expect(sum(count - 1)).toBeLessThan(topP + 1e-6);
      }),
    );
  });

  it("are never more under a stricter filter", () => {
    fc.assert(
      fc.property(anyLogits, anyFilter, fc.double({ min: 0, max: 1, noNaN: true }), (logits, given, share) => {
        const count = (changes: Partial<typeof all>) => filter(logits, { ...given, ...changes }).length;
        const most = count({});
        expect(count({ topP: Math.max(1e-3, given.topP * share) })).toBeLessThanOrEqual(most);
        expect(count({ minP: given.minP + (1 - given.minP) * share })).toBeLessThanOrEqual(most);
        if (given.topK > 1) expect(count({ topK: given.topK - 1 })).toBeLessThanOrEqual(most);
      }),
    );
  });

  it("are all tokens under the default options", () => {
    expect(filter([1, 2, 3], generationConfig()).length).toBe(3);
  });
});

describe("penalizeRepetition", () => {
  const penalized = (penalty: number, seen: number[]) => {
    const logits = Float32Array.from([2, -2, 0, 5]);
    penalizeRepetition(logits, seen, penalty);
    return [...logits];
  };

  it("divides the positive logits of seen tokens and multiplies the negative ones, once per token", () => {
    expect(penalized(2, [0, 1, 1, 0, 2])).toEqual([1, -4, 0, 5]);
    expect(penalized(0.5, [0, 1])).toEqual([4, -1, 0, 5]);
  });

  it("changes nothing for a penalty of 1 or if no tokens were seen", () => {
    expect(penalized(1, [0, 1, 2, 3])).toEqual([2, -2, 0, 5]);
    expect(penalized(2, [])).toEqual([2, -2, 0, 5]);
  });
});
