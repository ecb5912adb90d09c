import { describe, expect, it } from "vitest";
import { duration, Pace } from "../../scripts/support/pace.js";

describe("the pace of a run", () => {
  it("is told after a few steps, and does not count the first, which builds the graph", () => {
    const pace = new Pace();
    const told: (number | undefined)[][] = [];
    const steps = [
      [1, 60_000], // a minute for the first step
      [1000, 60_100],
      [1000, 60_200],
      [1000, 60_300],
      [2000, 60_700], // a validation took 300 ms
    ] as const;
    for (const [tokensPerSecond, now] of steps) {
      pace.step(tokensPerSecond, now);
      told.push([pace.tokensPerSecond, pace.secondsFor(100)]);
    }
    expect(told.slice(0, 3)).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect(told[3]).toEqual([1000, 10]);
    expect(told[4]).toEqual([1050, 17.5]); // 0.95 * 1000 + 0.05 * 2000; 700 ms for 4 steps
    expect(pace.secondsFor(0)).toBe(0);
  });
});

it.each([
  [0, "0s"],
  [9.4, "9s"],
  [59.4, "59s"],
  [59.6, "1m00s"],
  [185, "3m05s"],
  [3599.7, "1h00m"],
  [7625, "2h07m"],
  [100 * 3600, "100h00m"],
])("%s seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
