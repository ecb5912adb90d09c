import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { program } from "./heed.js";

it("the compiled program requires tfjs, which Node imports in twice the time", () => {
  const folder = dirname(dirname(program));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  const texts = files.map((name) => readFileSync(join(folder, name), "utf8"));
  expect(texts.filter((text) => /^import .* from "@tensorflow\/tfjs";$/m.test(text))).toEqual([]);
  expect(
    texts.filter((text) => text.includes('requireFrom(import.meta.url)("@tensorflow/tfjs")')).length,
  ).toBeGreaterThan(20);
});
