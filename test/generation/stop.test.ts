import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { untilStop } from "../../src/generation/stop.js";

async function* from(pieces: string[], taken: string[] = []): AsyncGenerator<string> {
  for (const piece of pieces) {
    taken.push(piece);
    yield piece;
  }
}

async function collect(pieces: string[], stop: string[], taken?: string[]): Promise<string[]> {
  const out: string[] = [];
  for await (const piece of untilStop(from(pieces, taken), stop)) out.push(piece);
  return out;
}

/** Letter by letter: the text up to the first moment at which it ends in a stop text, without the longest such. */
function cut(text: string, stop: string[]): string {
  for (let end = 1; end <= text.length; end++) {
    const found = stop.filter((s) => text.slice(0, end).endsWith(s)).map((s) => s.length);
    if (found.length > 0) return text.slice(0, end - Math.max(...found));
  }
  return text;
}

describe("untilStop", () => {
  it("passes everything on, piece by piece, where there is no stop text", async () => {
    expect(await collect(["ab", "c", "d"], [])).toEqual(["ab", "c", "d"]);
  });

  it("ends before a stop text, within a piece and across pieces", async () => {
    expect(await collect(["ab END cd"], [" END"])).toEqual(["ab"]);
    expect(await collect(["ab", " E", "N", "D cd"], [" END"])).toEqual(["ab"]);
    expect(await collect(["END"], ["END"])).toEqual([]);
  });

  it("takes no piece after the one that completes a stop text", async () => {
    const taken: string[] = [];
    await collect(["a", "b", "c", "d"], ["bc"], taken);
    expect(taken).toEqual(["a", "b", "c"]);
  });

  it("holds back what may begin a stop text, no longer than it may", async () => {
    expect(await collect(["xa", "a", "b", "y"], ["aac"])).toEqual(["x", "aab", "y"]);
    expect(await collect(["x", "aa", "a"], ["aab"])).toEqual(["x", "a", "aa"]); // the text ends: what was held comes out
  });

  it("ends at the stop text that is complete first, and leaves out the longest that ends there", async () => {
    expect(await collect(["xabc"], ["abc", "b"])).toEqual(["xa"]);
    expect(await collect(["x", "a", "b", "c"], ["abc", "b"])).toEqual(["x", "a"]);
    expect(await collect(["x", "ab", "c"], ["bc", "abc"])).toEqual(["x"]);
  });

  it("gives, however the text is cut into pieces, what cutting the whole text gives", async () => {
    const letters = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 14 }).map((all) => all.join(""));
    const stops = fc.array(
      letters.filter((s) => s !== "" && s.length < 5),
      { maxLength: 3 },
    );
    const pieces = fc.array(letters, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(pieces, stops, async (text, stop) => {
        expect((await collect(text, stop)).join("")).toBe(cut(text.join(""), stop));
      }),
      { numRuns: 1000 },
    );
  });

  it("never gives an empty piece", async () => {
    expect(await collect(["", "a", ""], ["b"])).toEqual(["a"]);
    expect(await collect(["", "a", ""], [])).toEqual(["a"]);
  });
});
