import { expect, it } from "vitest";
import { howToGoOn } from "../../scripts/support/interrupt.js";

it.each([
  [["start", "--overwrite"], " (npm start again goes on)"],
  [["train", "a.txt", "--out", "a"], " (the same with --resume goes on)"],
  [["train", "a.txt", "--overwrite", "--out", "a"], " (the same with --resume in place of --overwrite goes on)"],
])("%j that was stopped goes on%s", (words, advice) => {
  expect(howToGoOn(words)).toBe(advice);
});
