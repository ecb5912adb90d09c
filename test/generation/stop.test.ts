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

/** Letter by letter: the text up to where it first ends with a stop text, without the longest one that ends there. */
function cut(text: string, stop: string[]): string {
  for (let end = 1; end <= text.length; end++) {
    const found = stop.filter((s) => text.slice(0, end).endsWith(s)).map((s) => s.length);
    if (found.length > 0) return text.slice(0, end - Math.max(...found));
  }
  return text;
}

describe("untilStop", () => {
  it("passes every piece on if there are no stop texts", async () => {
    expect(await collect(["ab", "c", "d"], [])).toEqual(["ab", "c", "d"]);
  });

  it("ends before a stop text, within a piece and across pieces", async () => {
    expect(await collect(["ab END cd"], [" END"])).toEqual(["ab"]);
    expect(await collect(["ab", " E", "N", "D cd"], [" END"])).toEqual(["ab"]);
    expect(await collect(["END"], ["END"])).toEqual([]);
  });

  it("reads no piece after the one that completes a stop text", async () => {
    const taken: string[] = [];
    await collect(["a", "b", "c", "d"], ["bc"], taken);
    expect(taken).toEqual(["a", "b", "c"]);
  });

  it("holds back the possible beginning of a stop text, and only while it is possible", async () => {
    expect(await collect(["xa", "a", "b", "y"], ["aac"])).toEqual(["x", "aab", "y"]);
    expect(await collect(["x", "aa", "a"], ["aab"])).toEqual(["x", "a", "aa"]); // at the end, held text comes out
  });

  it("ends at the first stop text to be complete, and cuts the longest one that ends there", async () => {
    expect(await collect(["xabc"], ["abc", "b"])).toEqual(["xa"]);
    expect(await collect(["x", "a", "b", "c"], ["abc", "b"])).toEqual(["x", "a"]);
    expect(await collect(["x", "ab", "c"], ["bc", "abc"])).toEqual(["x"]);
  });

  it("cuts the same text for any division into pieces", async () => {
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

  it("never yields an empty piece", async () => {
    expect(await collect(["", "a", ""], ["b"])).toEqual(["a"]);
    expect(await collect(["", "a", ""], [])).toEqual(["a"]);
  });
});
