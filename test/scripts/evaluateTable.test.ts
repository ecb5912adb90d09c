import { expect, it } from "vitest";
import { evaluationTable } from "../../scripts/support/evaluateTable.js";
import type { Evaluation } from "../../src/jobs/evaluate/evaluate.js";

const token = (name: string, bits: number, before: string) => ({
  token: name,
  count: 1200,
  bits,
  bitsEach: bits / 1200,
  example: { index: 77, bits: 9.26, before },
});

const evaluation: Evaluation = {
  checkpoint: "models/x/checkpoint-9",
  data: "a.txt",
  contextLength: 8,
  stride: 4,
  tokens: 5000,
  characters: 20_000,
  words: 4000,
  loss: 2 * Math.LN2,
  perplexity: 4,
  bitsPerCharacter: 0.5,
  bitsPerWord: 2.5,
  lossByTokensSeen: [4, 3, 2.5, 2, 1.5, 1, 1, 1],
  costly: { inTotal: [token(" the", 2500, "one\ntwo"), token("\n", 100, "end.")], onAverage: [] },
};

// Of 64 columns, column c stands for 8^(c / 63) tokens: from 2 tokens' loss on at c = 12 (1.5 tokens), then from 28 (2.5),
// 38 (3.5), 46 (4.5) and 52 (5.5).
it("shows the figures that there are, the memory chart and the costly tokens", () => {
  expect(evaluationTable(evaluation)).toBe(
    `
checkpoint          models/x/checkpoint-9
text                a.txt: 5,000 tokens, 20,000 characters, 4,000 words after the first token
windows             8 tokens, the next one 4 further on; each token scored once
loss                1.3863 nats per token (perplexity 4.000)
bits per character  0.5000
bits per word       2.5000

loss (nats per token) by the number of tokens seen before
       4.00 ┼────────────╮
       3.63 ┤            │
       3.25 ┤            │
       2.88 ┤            ╰───────────────╮
       2.50 ┤                            ╰─────────╮
       2.13 ┤                                      │
       1.75 ┤                                      ╰───────╮
       1.38 ┤                                              ╰─────╮
       1.00 ┤                                                    ╰──────────
             1                    2                    4                    8

costly in all  bits in all  share  times  bits each  where it cost most
" the"                2500  25.0%  1,200       2.08  9.3 bits: …one⏎two[ the]
"\\n"                   100   1.0%  1,200       0.08  9.3 bits: …end.[⏎]
(each time: of tokens that stand there 5 times or more)
`.trim(),
  );
});

it("shows standard errors, the distance to the floor, and relations", () => {
  const full: Evaluation = {
    ...evaluation,
    lossByTokensSeen: [1, 2, 3],
    standardError: { loss: 0.012345, bitsPerCharacter: 0.001, bitsPerWord: 0.02, blocks: 1234, leastTokens: 8 },
    floor: { bitsPerCharacter: 0.2, bitsPerWord: 1 },
    bitsPerCharacterAboveFloor: 0.3,
    bitsPerWordAboveFloor: 1.5,
    costly: { ...evaluation.costly, onAverage: [token("a", 6000, "")] },
    relations: [
      { kind: "pronoun", places: 1000, right: 905, accuracy: 0.905, chance: 0.5, low: 0.885, high: 0.922 },
      { kind: "name", places: 30, right: 6, accuracy: 0.2, chance: 0.25, low: 0.095, high: 0.373 },
    ],
  };
  expect(evaluationTable(full)).toBe(
    `
checkpoint          models/x/checkpoint-9
text                a.txt: 5,000 tokens, 20,000 characters, 4,000 words after the first token
windows             8 tokens, the next one 4 further on; each token scored once
loss                1.3863 ± 0.0123 nats per token (perplexity 4.000)
bits per character  0.5000 ± 0.0010   (0.3000 above the best possible, 0.2000)
bits per word       2.5000 ± 0.0200   (1.5000 above the best possible, 1.0000)
±                   standard error, from 1,234 blocks of 8 tokens or more, cut at blank lines where there are any

costly in all  bits in all  share  times  bits each  where it cost most
" the"                2500  25.0%  1,200       2.08  9.3 bits: …one⏎two[ the]
"\\n"                   100   1.0%  1,200       0.08  9.3 bits: …end.[⏎]

costly each time  bits in all  share  times  bits each  where it cost most
"a"                      6000  60.0%  1,200       5.00  9.3 bits: …[a]
(each time: of tokens that stand there 5 times or more)

relations: is the right word likelier than each wrong one, given the story so far?
                 right        95% interval  guessing   places
pronoun          90.5%      88.5% to 92.2%     50.0%    1,000
name             20.0%       9.5% to 37.3%     25.0%       30
`.trim(),
  );
});

it("leaves out bits per word where there are no words", () => {
  const { bitsPerWord, ...wordless } = evaluation;
  expect(bitsPerWord).toBe(2.5);
  expect(evaluationTable({ ...wordless, words: 0 })).not.toContain("bits per word");
});

it.each([60, 80])("fits a terminal of %d columns", (width) => {
  const before = "and there Anna saw a crane, which put a chimney on a brown house, and how";
  const costly = { inTotal: [token(" the", 2500, before)], onAverage: [token(" boing", 6000, before)] };
  const standardError = { loss: 0.1, bitsPerCharacter: 0.1, blocks: 9556, leastTokens: 16 };
  const lines = evaluationTable({ ...evaluation, costly, standardError }, width).split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  const text = lines
    .slice(
      1,
      lines.findIndex((line) => line.startsWith("windows")),
    )
    .map((line) => line.slice(20));
  expect(text.join(" ")).toBe("a.txt: 5,000 tokens, 20,000 characters, 4,000 words after the first token");
  const boing = lines.find((line) => line.startsWith('" boing"'))!;
  if (width === 80) expect(boing).toMatch(/ 5\.00 {2}9\.3 bits: …d how\[ boing\]$/);
  else expect(boing).toMatch(/ 5\.00$/);
});
