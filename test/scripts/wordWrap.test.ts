import { expect, it } from "vitest";
import { WordWrap, wrapped } from "../../scripts/support/wordWrap.js";

it("breaks lines between words, at the last place that fits", () => {
  expect(wrapped("The cat sat on the mat.", 11)).toBe("The cat sat\non the mat.");
  expect(wrapped("The cat sat on the mat.", 10)).toBe("The cat\nsat on the\nmat.");
});

it("keeps line breaks, blank lines and indents, and words that are longer than a line", () => {
  expect(wrapped("a b\n\n  indented text\nextraordinarily long", 10)).toBe(
    "a b\n\n  indented\ntext\nextraordinarily\nlong",
  );
});

it.each([1, 2, 3, 7])("gives the same text however it comes, here in pieces of %d characters", (size) => {
  const text = "One windy morning, by the old mill,\n the crane bowed to Leo. \u{1f600}\u{1f600} ok";
  let lines = "";
  const wrap = new WordWrap(12, (piece) => {
    lines += piece;
  });
  for (let i = 0; i < text.length; i += size) wrap.push(text.slice(i, i + size));
  wrap.end();
  expect(lines.replace(/\n/g, " ")).toBe(text.replace(/\n/g, " "));
  expect(lines).toBe(wrapped(text, 12));
});
