import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generationDefaults } from "../../src/config/generation.js";
import { type Candidate, candidates, penalizeRepetition } from "../../src/generation/filters.js";
import { softmax } from "../support/plain.js";

const all = { temperature: 1, topK: 0, topP: 1, minP: 0 };
const ids = (found: Candidate[]) => found.map(({ id }) => id);
const chances = (found: Candidate[]) => found.map(({ probability }) => probability);
const filter = (logits: number[], changes: Partial<typeof all>) =>
  candidates(Float32Array.from(logits), { ...all, ...changes });

/** The logits whose softmax is `probabilities`. */
const logs = (probabilities: number[]) => probabilities.map(Math.log);
const close = (got: number[], expected: number[]) => {
  expect(got.length).toBe(expected.length);
  got.forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i]!, 6);
  });
};

describe("candidates", () => {
  const probabilities = [0.1, 0.4, 0.05, 0.3, 0.15];

  it("are all tokens with the softmax of the logits, likeliest first", () => {
    const found = filter(logs(probabilities), {});
    expect(ids(found)).toEqual([1, 3, 4, 0, 2]);
    close(chances(found), [0.4, 0.3, 0.15, 0.1, 0.05]);
  });

  it("follow softmax(logits / temperature)", () => {
    const logits = [1, -2, 0.5];
    close(chances(filter(logits, { temperature: 0.5 })), softmax([2, 1, -4]));
    close(chances(filter(logits, { temperature: 4 })), softmax([0.25, 0.125, -0.5]));
  });

  it("are the likeliest alone at temperature 0, the first of several alike", () => {
    expect(filter([1, 3, 3, 2], { temperature: 0, topK: 3, topP: 0.9 })).toEqual([{ id: 1, probability: 1 }]);
  });

  it("are the topK likeliest, on a tie the smaller ids", () => {
    const found = filter(logs(probabilities), { topK: 2 });
    expect(ids(found)).toEqual([1, 3]);
    close(chances(found), [4 / 7, 3 / 7]);
    expect(ids(filter([5, 5, 5, 5], { topK: 2 }))).toEqual([0, 1]);
    expect(filter([1, 2], { topK: 10 }).length).toBe(2);
  });

  it("are the smallest set of the likeliest that holds topP", () => {
    const held = (topP: number) => ids(filter(logs(probabilities), { topP }));
    expect(held(0.01)).toEqual([1]);
    expect(held(0.39)).toEqual([1]);
    expect(held(0.41)).toEqual([1, 3]);
    expect(held(0.69)).toEqual([1, 3]);
    expect(held(0.71)).toEqual([1, 3, 4]);
    expect(held(0.999)).toEqual([1, 3, 4, 0, 2]);
  });

  it("are those of at least minP of the likeliest one's probability", () => {
    const held = (minP: number) => ids(filter(logs(probabilities), { minP }));
    expect(held(0.12)).toEqual([1, 3, 4, 0, 2]);
    expect(held(0.13)).toEqual([1, 3, 4, 0]);
    expect(held(0.74)).toEqual([1, 3]);
    expect(held(1)).toEqual([1]);
  });

  it("are cut to topK, then to topP of what is left, then to minP", () => {
    // topK 3 leaves .4 .3 .15 of .85; topP 0.8 of that needs the first two (.7 of .85); minP 0.8 leaves the first.
    const found = (minP: number) => ids(filter(logs(probabilities), { topK: 3, topP: 0.8, minP }));
    expect(found(0)).toEqual([1, 3]);
    expect(found(0.8)).toEqual([1]);
  });

  it("hold for extreme logits", () => {
    expect(filter([3e38, -3e38, 0], {})).toEqual([
      { id: 0, probability: 1 },
      { id: 2, probability: 0 },
      { id: 1, probability: 0 },
    ]);
    expect(ids(filter([0, 1e-3], { temperature: 1e-6, topP: 0.99 }))).toEqual([1]);
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

  it("always are some tokens, each once, in falling probabilities that sum to 1 and keep the softmax's ratios", () => {
    fc.assert(
      fc.property(anyLogits, anyFilter, (logits, given) => {
        const found = filter(logits, given);
        expect(found.length).toBeGreaterThan(0);
        expect(new Set(ids(found)).size).toBe(found.length);
        expect(chances(found).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
        expect(ids(found)).toEqual(ids(filter(logits, { temperature: given.temperature })).slice(0, found.length));
        const [first] = found;
        for (const { id, probability } of found) {
          const ratio = Math.exp((logits[id]! - logits[first!.id]!) / given.temperature);
          expect(probability / first!.probability).toBeCloseTo(ratio, 9);
        }
      }),
    );
  });

  it("hold topP, and without the last of them would not", () => {
    fc.assert(
      fc.property(anyLogits, fc.double({ min: 0.01, max: 0.999, noNaN: true }), (logits, topP) => {
        const held = softmax(logits).sort((a, b) => b - a);
        const sum = (count: number) => held.slice(0, count).reduce((total, p) => total + p, 0);
        const count = filter(logits, { topP }).length;
        expect(sum(count)).toBeGreaterThan(topP - 1e-9);
        expect(sum(count - 1)).toBeLessThan(topP + 1e-9);
      }),
    );
  });

  it("never are more under a stricter filter", () => {
    fc.assert(
      fc.property(anyLogits, anyFilter, fc.double({ min: 0, max: 1, noNaN: true }), (logits, given, share) => {
        const count = (changes: Partial<typeof all>) => filter(logits, { ...given, ...changes }).length;
        const most = count({});
        expect(count({ topP: Math.max(1e-3, given.topP * share) })).toBeLessThanOrEqual(most);
        expect(count({ minP: given.minP + (1 - given.minP) * share })).toBeLessThanOrEqual(most);
        if (given.topK > 1) expect(count({ topK: given.topK - 1 })).toBeLessThanOrEqual(most);
        expect(count({ temperature: 0 })).toBe(1);
      }),
    );
  });

  it("are every token with the defaults, but for the temperature", () => {
    expect(filter([1, 2, 3], generationDefaults).length).toBe(3);
  });
});

describe("penalizeRepetition", () => {
  const penalized = (penalty: number, seen: number[]) => {
    const logits = Float32Array.from([2, -2, 0, 5]);
    penalizeRepetition(logits, seen, penalty);
    return [...logits];
  };

  it("divides positive logits of seen tokens and multiplies negative ones, once for each token", () => {
    expect(penalized(2, [0, 1, 1, 0, 2])).toEqual([1, -4, 0, 5]);
    expect(penalized(0.5, [0, 1])).toEqual([4, -1, 0, 5]);
  });

  it("changes nothing for a penalty of 1 or where nothing was seen", () => {
    expect(penalized(1, [0, 1, 2, 3])).toEqual([2, -2, 0, 5]);
    expect(penalized(2, [])).toEqual([2, -2, 0, 5]);
  });
});
