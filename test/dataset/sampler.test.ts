import { describe, expect, it } from "vitest";
import { batchAt, evaluationWindows, readWindows } from "../../src/dataset/sampler.js";
import { type TokenStore, tokenStoreOf } from "../../src/dataset/tokenStore.js";

/** A store whose id at place i is i, so that a window shows where it was taken. */
function counting(length: number): TokenStore {
  return tokenStoreOf(
    Array.from({ length }, (_, i) => i),
    length,
  );
}

/** Where the windows of a batch of a counting store begin; checks that they run on and that targets follow inputs. */
function startsOf({ inputs, targets }: { inputs: Int32Array; targets: Int32Array }, contextLength: number): number[] {
  expect(targets).toEqual(inputs.map((id) => id + 1));
  inputs.forEach((id, i) => {
    if (i % contextLength > 0) expect(id).toBe(inputs[i - 1]! + 1);
  });
  return [...inputs.filter((_, i) => i % contextLength === 0)];
}

describe("batchAt", () => {
  const options = { seed: 1337, step: 5, batchSize: 4, contextLength: 8 };

  it("gives B windows of T tokens and, as targets, the same one token further on", () => {
    const batch = batchAt(counting(1000), options);
    expect(batch.inputs).toHaveLength(32);
    expect(startsOf(batch, 8)).toHaveLength(4);
  });

  it("depends on seed and step alone", () => {
    const store = counting(1_000_000);
    const starts = startsOf(batchAt(store, options), 8);
    expect(startsOf(batchAt(store, options), 8)).toEqual(starts);
    expect(startsOf(batchAt(counting(1_000_000), options), 8)).toEqual(starts);
    for (const other of [{ step: 6 }, { seed: 1338 }]) {
      const others = startsOf(batchAt(store, { ...options, ...other }), 8);
      expect(others.filter((start) => starts.includes(start))).toEqual([]);
    }
    expect(startsOf(batchAt(store, { ...options, batchSize: 2 }), 8)).toEqual(starts.slice(0, 2));
  });

  it("begins everywhere it can, the first and the last place too, with equal chance", () => {
    const store = counting(28); // windows of 8 and a target begin at 0 to 19
    const counts = new Array<number>(20).fill(0);
    const draws = 8000;
    for (let step = 0; step < draws / 4; step++) {
      for (const start of startsOf(batchAt(store, { ...options, step }), 8)) counts[start]!++;
    }
    const expected = draws / 20;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(counts).toHaveLength(20);
    // 19 degrees of freedom: 99.9% of fair draws lie between these (R: qchisq(c(0.0005, 0.9995), 19)).
    expect(chiSquare).toBeGreaterThan(4.91);
    expect(chiSquare).toBeLessThan(45.97);
  });

  it("takes the one window of a store that has just T + 1 tokens, and refuses a shorter store", () => {
    expect(startsOf(batchAt(counting(9), options), 8)).toEqual([0, 0, 0, 0]);
    expect(() => batchAt(counting(8), options)).toThrow(
      new RangeError("a store of 8 tokens must hold at least contextLength + 1 = 9"),
    );
  });
});

describe("evaluationWindows", () => {
  it("spreads full batches evenly from the first place to the last", () => {
    const windows = evaluationWindows(counting(1009), { batches: 2, batchSize: 3, contextLength: 8 });
    expect(windows).toEqual([
      [0, 200, 400],
      [600, 800, 1000],
    ]);
  });

  it("covers a short store once and no more", () => {
    const windows = evaluationWindows(counting(25), { batches: 100, batchSize: 3, contextLength: 8 });
    expect(windows).toEqual([[0, 8, 16]]);
    const filled = evaluationWindows(counting(34), { batches: 100, batchSize: 3, contextLength: 8 });
    expect(filled).toEqual([
      [0, 5, 10],
      [15, 20, 25],
    ]);
  });

  it("takes a store of a single window", () => {
    expect(evaluationWindows(counting(9), { batches: 5, batchSize: 2, contextLength: 8 })).toEqual([[0, 0]]);
    expect(evaluationWindows(counting(9), { batches: 5, batchSize: 1, contextLength: 8 })).toEqual([[0]]);
    expect(() => evaluationWindows(counting(8), { batches: 5, batchSize: 1, contextLength: 8 })).toThrow(
      new RangeError("a store of 8 tokens must hold at least contextLength + 1 = 9"),
    );
  });

  it("names windows that readWindows can read", () => {
    const store = counting(50);
    for (const starts of evaluationWindows(store, { batches: 3, batchSize: 2, contextLength: 7 })) {
      expect(startsOf(readWindows(store, starts, 7), 7)).toEqual(starts);
    }
  });
});
