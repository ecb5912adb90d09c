import { expect, it } from "vitest";
import { nearest } from "../../src/core/nearest.js";

it("nearest finds the name that needs the fewest changes", () => {
  expect(nearest("stpes", ["seed", "steps", "stop"])).toBe("steps");
});
