import { describe, expect, it } from "vitest";
import { aNumber, aString, listOf, objectOf, objectWith, oneOf, optional } from "../../src/core/parse.js";
import { refusal } from "../support/refusal.js";

const place = { where: "a.json", field: "" };
const parsePoint = objectOf<{ x: number; name?: string; tags: ("a" | "b")[] }>({
  x: aNumber,
  name: optional(aString),
  tags: listOf(oneOf(["a", "b"])),
});

describe("an object's parser", () => {
  it("gives the value, without fields that are missing", () => {
    const point = { x: 1, tags: ["b"] };
    expect(parsePoint(point, place)).toEqual(point);
    expect(Object.keys(parsePoint(point, place))).toEqual(["x", "tags"]);
  });

  it.each([
    [null, "a.json must be an object: got null"],
    [[1], "a.json must be an object: got [1]"],
    [{ tags: [] }, "a.json: x must be a number: got undefined"],
    [{ x: "1", tags: [] }, 'a.json: x must be a number: got "1"'],
    [{ x: 1, tags: "a" }, 'a.json: tags must be a list: got "a"'],
    [{ x: 1, tags: ["a", "c"] }, 'a.json: tags.1 must be one of a, b: got "c"'],
    [{ x: 1, tags: [], name: null }, "a.json: name must be a string: got null"],
    [{ x: 1, tags: [], nmae: "" }, 'a.json: nmae must be a field that heed knows: got ""'],
    [JSON.parse('{ "x": 1, "tags": [], "__proto__": 1 }'), "a.json: __proto__ must be a field that heed knows: got 1"],
  ])("refuses %j", (value, message) => {
    expect(refusal(() => parsePoint(value, place))).toBe(`CheckpointError: ${message}`);
  });

  it("leaves out what it does not know where it may, and gives the remedy", () => {
    const parse = objectWith<{ x: number }>({ x: aNumber });
    expect(parse({ x: 1, y: 2 }, place)).toEqual({ x: 1 });
    expect(refusal(() => parse({ y: 2 }, { ...place, remedy: "delete it" }))).toBe(
      "CheckpointError: a.json: x must be a number: got undefined (delete it)",
    );
  });
});
