import { isDeepStrictEqual as nodes } from "node:util";
import fc from "fast-check";
import { expect, it } from "vitest";
import { isDeepStrictEqual } from "../../../src/page/browser/nodeUtil.js";

it("compares values of JSON as Node does", () => {
  const json = () => fc.jsonValue({ maxDepth: 2 });
  fc.assert(fc.property(json(), json(), (a, b) => isDeepStrictEqual(a, b) === nodes(a, b)));
  fc.assert(fc.property(json(), (a) => isDeepStrictEqual(a, structuredClone(a))));
});

it.each([
  [[], {}],
  [{ a: undefined }, {}],
  [{ a: undefined }, { b: undefined }],
  [[1, 2], [1]],
  [{ a: [1, { b: null }] }, { a: [1, { b: 0 }] }],
  [0, -0],
  [null, {}],
  [undefined, null],
])("tells %j from %j, as Node does", (a, b) => {
  expect(nodes(a, b)).toBe(false);
  expect(isDeepStrictEqual(a, b)).toBe(false);
  expect(isDeepStrictEqual(b, a)).toBe(false);
});
