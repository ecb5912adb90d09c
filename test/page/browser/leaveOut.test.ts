import { expect, it } from "vitest";
import { leftOut, unknownPiece } from "../../../src/page/browser/leaveOut.js";
import { tokenizerKinds } from "../../../src/tokenizers/tokenizers.js";

function refusalOf(kind: "word" | "char", known: string, text: string): string {
  const fitter = tokenizerKinds[kind].fitter();
  fitter.add(known);
  try {
    fitter.finish().encodePrompt(text);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the text is known");
}

it.each([
  ["word", "the bat flew", "the zebra flew", { piece: "zebra", start: 4 }, "the flew"],
  ["word", "the bat\nthe flew", "the bat\nthe 🦓 flew", { piece: "🦓", start: 12 }, "the bat\nthe flew"],
  ["char", "abc ", 'a𝄞b"c', { piece: "𝄞", start: 1 }, 'ab"c'],
  ["char", "abc ", 'ab"c', { piece: '"', start: 2 }, "abc"],
] as const)("finds what a %s tokenizer of %j does not know in %j", (kind, known, text, unknown, rest) => {
  expect(unknownPiece(refusalOf(kind, known, text), text)).toEqual(unknown);
  expect(leftOut(text, unknown)).toBe(rest);
});

it("finds nothing in other refusals", () => {
  expect(unknownPiece("text must have at most 8 tokens, which is the context of m: got 9 (leave some out)", "a")).toBe(
    undefined,
  );
});
