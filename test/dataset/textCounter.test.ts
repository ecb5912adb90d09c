import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/packageRoot.js";
import { TextCounter } from "../../src/dataset/textCounter.js";
import { arbitraryChunks } from "../tokenizers/arbitraryText.js";

describe("TextCounter", () => {
  it("counts what the regular expression and the iterator count, however the text is cut between characters", () => {
    fc.assert(
      fc.property(arbitraryChunks, ({ text, chunks }) => {
        const counter = new TextCounter();
        let half = ""; // chunks may cut a surrogate pair, the counter's pieces may not
        for (const chunk of chunks) {
          const whole = half + chunk;
          half = /[\ud800-\udbff]$/.exec(whole)?.[0] ?? "";
          counter.add(whole.slice(0, whole.length - half.length));
        }
        counter.add(half);
        expect(counter.words).toBe(text.match(/\p{L}[\p{L}\p{M}]*(?:['’]\p{L}[\p{L}\p{M}]*)*/gu)?.length ?? 0);
        expect(counter.characters).toBe([...text].length);
      }),
      { numRuns: 2000 },
    );
  });

  it("counts don't as one word and the ends of the alphabet as letters", () => {
    const counter = new TextCounter();
    counter.add("Don't 'tis AZaz @[`{ a''b rock'n'roll 4th");
    expect(counter.words).toBe(7);
  });

  it.each([
    ["Мама мыла раму, и это — всё.", 6],
    ["L’été, c'est l'été.", 3],
    ["e\u0301te\u0301 \u0301a", 2],
    ["日本語 です", 2],
    ["𝒜𝒷 𐐷", 2], // letters of two UTF-16 units
    ["1 234 – … 👩", 0],
  ])("counts the words of %j", (text, expected) => {
    const counter = new TextCounter();
    counter.add(text);
    expect(counter.words).toBe(expected);
  });

  it("counts the words of the tales as their own meta.json does", () => {
    const read = (name: string) => readFileSync(join(packageRoot, "data", "tales", name), "utf8");
    for (const [name, { words, characters }] of Object.entries<TextCounter>(JSON.parse(read("meta.json")).files)) {
      const counter = new TextCounter();
      counter.add(read(name));
      expect([counter.words, counter.characters]).toEqual([words, characters]);
    }
  });
});
