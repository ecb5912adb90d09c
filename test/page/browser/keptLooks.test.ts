import { expect, it } from "vitest";
import { KeptLooks } from "../../../src/page/browser/keptLooks.js";

const lookOf = (bytes: number) => ({ capture: { bytes } });

it("keeps the newest looks that fit, and the last one however large", () => {
  const kept = new KeptLooks<ReturnType<typeof lookOf>>(10);
  const there = () => ["a", "b", "c", "d"].filter((key) => kept.get(key));
  kept.add("a", lookOf(4));
  kept.add("b", lookOf(5));
  expect(there()).toEqual(["a", "b"]);
  kept.add("a", lookOf(4)); // is the newest now
  kept.add("c", lookOf(6));
  expect(there()).toEqual(["a", "c"]);
  kept.add("d", lookOf(11));
  expect(there()).toEqual(["d"]);
  kept.add("b", lookOf(1));
  expect(there()).toEqual(["b"]);
});
