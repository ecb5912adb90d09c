import fc from "fast-check";

const awkward = [
  ..."aZé’'\"-_. 19²Ⅻ\t\n\r\v日語👩❤",
  "e\u0301",
  "\u200d",
  "\ufe0f",
  "\u00a0",
  "\u0085",
  "\ufeff",
  "\u2028",
];

/** Well-formed Unicode text in which words, spaces, apostrophes, accents and rarer characters meet often. */
export const arbitraryText = fc.string({
  unit: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("a", "b", " ", "'", "\n") },
    { weight: 4, arbitrary: fc.constantFrom(...awkward) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }) },
  ),
  maxLength: 60,
});

/** Text and the same text cut anywhere, between the halves of a surrogate pair too. */
export const arbitraryChunks = fc
  .tuple(arbitraryText, fc.array(fc.nat(120), { maxLength: 8 }))
  .map(([text, places]) => {
    const cuts = [...new Set([0, ...places.map((at) => Math.min(at, text.length)), text.length])].sort((a, b) => a - b);
    return { text, chunks: cuts.slice(1).map((end, i) => text.slice(cuts[i], end)) };
  });
