import fc from "fast-check";
import { describe, expect, it } from "vitest";
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
        expect(counter.words).toBe(text.match(/[A-Za-z]+(?:'[A-Za-z]+)*/g)?.length ?? 0);
        expect(counter.characters).toBe([...text].length);
      }),
      { numRuns: 2000 },
    );
  });

  it("counts don't as one word and the ends of the alphabet as letters", () => {
    const counter = new TextCounter();
    counter.add("Don't 'tis AZaz @[`{ é a''b rock'n'roll 4th");
    expect(counter.words).toBe(7);
  });
});
