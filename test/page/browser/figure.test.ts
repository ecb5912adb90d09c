import { expect, it } from "vitest";
import { change, figure, percent, precise, shownToken } from "../../../src/page/browser/figures/figure.js";

it("writes numbers with the digits that tell, and a minus sign where there is something below 0", () => {
  expect([0, 0.0371, -1.254, 12.34, -345.6, -0.0001].map(figure)).toEqual(["0.000", "0.037", "−1.25", "12.3", "−346", "0.000"]); // biome-ignore format: one line
  expect([0.25, 0.000831, -0.00012345, 0].map(precise)).toEqual(["0.250", "0.000831", "−0.000123", "0.000"]);
  expect([0.12, -0.12, 0.0001, 0].map(change)).toEqual(["+0.120", "−0.120", "0.000", "0.000"]);
  expect([0.4312, 0.004, 0, 1].map(percent)).toEqual(["43 %", "0.4 %", "0 %", "100 %"]);
});

it("shows tokens without the space before a word, and signs for white space", () => {
  expect([" bat", "bat", " ", "\n", "a b", "  "].map(shownToken)).toEqual(["bat", "bat", "␣", "↵", "a␣b", "␣␣"]);
});
