import { expect, it } from "vitest";
import { Registry } from "../../src/core/registry.js";
import { refusal } from "../support/refusal.js";

it("finds registered values, lists their names in order, and refuses unknown and repeated names", () => {
  const shapes = new Registry<number>("shape");
  shapes.register("square", 4);
  shapes.register("line", 2);
  expect(shapes.names).toEqual(["square", "line"]);
  expect(shapes.get("line")).toBe(2);
  expect(refusal(() => shapes.get("ring"))).toBe('ConfigError: shape must be one of square, line: got "ring"');
  expect(() => shapes.register("line", 3)).toThrow("shape line is registered twice");
});
