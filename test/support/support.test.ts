import { describe, expect, it } from "vitest";
import { expectClose } from "./numbers.js";
import { numericalGradient } from "./numericalGradient.js";
import { refusal } from "./refusal.js";

describe("expectClose", () => {
  const said = (got: number[], expected: number[], tolerance = {}) =>
    refusal(() => expectClose(got, expected, { absolute: 0, relative: 0, ...tolerance }));

  it("passes what is within the tolerance", () => {
    expectClose([1.0009, -100], [1, -100.09], { absolute: 0, relative: 1e-3 });
    expectClose([0.0005, 7], [0, 7], { absolute: 1e-3, relative: 0 });
    expectClose([0.5, 1000], [0, 1000], { absolute: 0, relative: 0, ofLargest: 1e-3 });
  });

  it("names the first number that is not", () => {
    expect(said([1, 2.5, 9], [1, 2, 3], { absolute: 0.25 })).toBe(
      "AssertionError: number 1 must be 2 within 0.25: got 2.5",
    );
    expect(said([1.5], [2], { relative: 0.125 })).toBe("AssertionError: number 0 must be 2 within 0.25: got 1.5");
    expect(said([1, 9], [4, 8], { ofLargest: 0.25 })).toBe("AssertionError: number 0 must be 4 within 2: got 1");
  });

  it("refuses NaN, Infinity and another count", () => {
    expect(said([Number.NaN], [0], { absolute: 1e9 })).toMatch(/got NaN$/);
    expect(said([Infinity], [0], { absolute: 1e9 })).toMatch(/got Infinity$/);
    expect(said([1, 2], [1])).toMatch(/how many numbers/);
  });
});

it("numericalGradient differentiates", () => {
  const f = ([x, y]: Float32Array) => x! ** 3 * y! + Math.sin(y!);
  expectClose(numericalGradient(f, Float32Array.of(2, 0.5)), [6, 8 + Math.cos(0.5)], { relative: 1e-8 });
});
