import { describe, expect, it } from "vitest";
import { inspectionText } from "../../scripts/support/inspectText.js";
import type { PredictedToken } from "../../src/jobs/inspect/inspectedText.js";
import type { Inspection } from "../../src/jobs/inspect.js";

const checkpoint = "models/x/checkpoint-9";
const tokens = ["The", " bank", " grows", "\n"].map((text, index) => ({ index, id: 10 * index, text }));
const predicted = (token: string, probability: number): PredictedToken => ({ id: 7, token, logit: 1.5, probability });

const weights = [[1], [0.96, 0.04], [0.05, 0.35, 0.6], [0.19, 0.2, 0.59, 0.02]];

it("shows tokens, what comes next, and attention in shades", () => {
  const inspection: Inspection = {
    checkpoint,
    tokens,
    next: [predicted(" money", 0.75), predicted(".", 0.004)],
    attention: { rule: "sharpest", heads: [{ layer: 1, head: 3, sharpness: 0, weights }] },
  };
  expect(inspectionText(inspection)).toBe(
    `
4 tokens: number, token, id
0 The    0
1 bank  10
2 grows 20
3 "\\n"  30

What comes next: probability, logit, token (id)
   75.0%    1.50  ███████████████████████         money (7)
    0.4%    1.50                                  . (7)

Attention of the sharpest head (--layer and --head show others). Sharp is a head whose tokens give one earlier token, the text's first aside, a large weight, on average over tokens.

Each row is a token, and shows how much it looks at each token up to itself.
· below 5%   ░ to 20%   ▒ to 40%   ▓ to 60%   █ more   blank: masked, later tokens

layer 1, head 3
           0 1 2 3
  0 The   ██
  1 bank  ██ ·
  2 grows ░░▒▒██
  3 "\\n"  ░░▒▒▓▓ ·
`.trim(),
  );
});

describe("in a narrow terminal", () => {
  const long = Array.from({ length: 64 }, (_, index) => ({ index, id: index, text: ` t${index}` }));
  const even = long.map(({ index }) => Array.from({ length: index + 1 }, () => 1 / (index + 1)));
  const inspection: Inspection = {
    checkpoint,
    tokens: long,
    attention: { rule: "asked for", heads: [{ layer: 0, head: 0, sharpness: 0, weights: even }] },
  };
  const linesOf = (columns: number) => inspectionText(inspection, columns).split("\n");

  it("as many tokens stand beside each other as fit", () => {
    expect(linesOf(40).slice(1, 3)).toEqual([" 0 t0   0    1 t1   1    2 t2   2", " 3 t3   3    4 t4   4    5 t5   5"]);
    expect(linesOf(Number.POSITIVE_INFINITY)[2]).toBe(" 1 t1   1");
  });

  it("a token is one column wide, and columns that do not fit come below", () => {
    const wide = linesOf(80);
    expect(wide.slice(-66, -64)).toEqual([
      "                  1         2         3         4         5         6",
      "        0123456789012345678901234567890123456789012345678901234567890123",
    ]);
    expect(wide.at(-1)).toBe(` 63 t63 ${"·".repeat(64)}`);

    const narrow = linesOf(40);
    expect(narrow.slice(-34, -31)).toEqual([
      "                4         5         6",
      "        23456789012345678901234567890123",
      " 32 t32 ·",
    ]);
    expect(narrow.at(-1)).toBe(` 63 t63 ${"·".repeat(32)}`);
    expect(narrow).toContain("        01234567890123456789012345678901");
    expect(Math.max(...narrow.slice(-100).map(({ length }) => length))).toBe(40);
  });
});

it("matrices stand beside each other where there is room", () => {
  const heads = [0, 1, 2].map((head) => ({ layer: 1, head, sharpness: 0, weights }));
  const shown = (columns: number) => {
    const text = inspectionText({ checkpoint, tokens, attention: { rule: "asked for", heads } }, columns);
    return text.slice(text.indexOf("layer 1"));
  };
  expect(shown(42)).toBe(
    `
layer 1, head 0       layer 1, head 1
           0 1 2 3               0 1 2 3
  0 The   ██            0 The   ██
  1 bank  ██ ·          1 bank  ██ ·
  2 grows ░░▒▒██        2 grows ░░▒▒██
  3 "\\n"  ░░▒▒▓▓ ·      3 "\\n"  ░░▒▒▓▓ ·

layer 1, head 2
           0 1 2 3
  0 The   ██
  1 bank  ██ ·
  2 grows ░░▒▒██
  3 "\\n"  ░░▒▒▓▓ ·
`.trim(),
  );
  expect(shown(80).split("\n")[0]).toBe("layer 1, head 0       layer 1, head 1       layer 1, head 2");
});

it("shows a row as bars, and where every head looks most", () => {
  const row = [
    { layer: 0, head: 1, sharpness: 0.7, weights: [0.1, 0.7, 0.2] },
    { layer: 1, head: 0, sharpness: 0.2, weights: [0.5, 0.2, 0.3] },
  ];
  const text = inspectionText({ checkpoint, tokens, token: { index: 2, occurrences: [0, 2] }, row });
  expect(text.slice(text.indexOf("grows stands"))).toBe(
    `
grows stands there 2 times, at 0, 2: this is about 2 (--token 0 is about another)

What token 2 grows looks at

layer 0, head 1, the sharpest for this token
  0 The             10.0% ████
  1 bank            70.0% ████████████████████████████
  2 grows           20.0% ████████

| layer.head | looks most at | then at       | and at       |
|------------|---------------|---------------|--------------|
| 0.1        | 1 bank 70.0%  | 2 grows 20.0% | 0 The 10.0%  |
| 1.0        | 0 The 50.0%   | 2 grows 30.0% | 1 bank 20.0% |
`.trim(),
  );
});

it("shows the lens, contributions and ablations in place of what comes next", () => {
  const money = predicted(" money", 0.5);
  const text = inspectionText({
    checkpoint,
    tokens,
    next: [money],
    lens: {
      index: 1,
      layers: [
        { place: { layer: "dropout", point: "output" }, top: [predicted("The", 0.9), money, money], next: money },
        { place: { layer: "blocks.0.attention", point: "residual" }, top: [money, money, money], next: money },
      ],
    },
    attribution: {
      next: money,
      parts: [
        { part: "tokens", value: 0.25 },
        { part: "L0H1", value: -2 },
        ...Array.from({ length: 20 }, (_, i) => ({ part: `L1H${i}`, value: 0.5 })),
      ],
    },
    ablations: {
      before: { loss: 1.25, top: money, next: money },
      after: [{ parts: ["1.3", "0.attention"], loss: 1, top: predicted(".", 0.8), next: predicted(" money", 0.1) }],
    },
  });
  expect(text).not.toContain("What comes next");
  const attributed = text.slice(text.indexOf("| part"), text.indexOf("What changes")).trim().split("\n");
  expect(attributed.slice(0, 4)).toEqual([
    "| part              |    adds |",
    "|-------------------|--------:|",
    "| L0H1              | -2.0000 |",
    "| L1H0              |  0.5000 |",
  ]);
  expect(attributed.slice(-2)).toEqual(["| the other 2 parts |  0.7500 |", "| logit of money    |  8.2500 |"]);
  expect(text.slice(text.indexOf("What the model"), text.indexOf("What each"))).toBe(
    `What the model would answer after token 1 bank if it ended early: final norm and output, applied after each part

| after              | most probable | second      | third       | P(money) |
|--------------------|---------------|-------------|-------------|----------|
| with its position  | The 90.0%     | money 50.0% | money 50.0% | 50.0%    |
| blocks.0.attention | money 50.0%   | money 50.0% | money 50.0% | 50.0%    |

`,
  );
  expect(text.slice(text.indexOf("What changes"))).toBe(
    `What changes with parts switched off: their output is 0. The loss is that of the text, in nats per token

| switched off     |   loss |  change | P(money) | most probable next |
|------------------|-------:|--------:|---------:|-------------------:|
| nothing          | 1.2500 |         |    50.0% |        money 50.0% |
| 1.3, 0.attention | 1.0000 | -0.2500 |    10.0% |            . 80.0% |`,
  );
});

it("shows a word in two texts, and says what is the same", () => {
  const side = (words: string[], index: number, occurrences = [index]) => ({
    tokens: words.map((text, i) => ({ index: i, id: text.trim() === "bank" ? text.length : 0, text })),
    index,
    occurrences,
  });
  const layers = [
    { place: { layer: "tokens", point: "output" }, cosine: 1, distance: 0 },
    { place: { layer: "blocks.0.attention", point: "residual" }, cosine: 0.5, distance: 2.25 },
  ] as const;
  const compare = (texts: ReturnType<typeof side>[]) =>
    inspectionText({ checkpoint, comparison: { word: "bank", texts, layers: [...layers] } });
  expect(compare([side(["The", " bank"], 1), side(["A", " bank", " or", " bank"], 3, [1, 3])])).toBe(
    `
"bank" in two texts, layer by layer: cosine similarity and distance of its vectors

A  The [bank]   (token 1)
B  A bank or [bank]   (token 3, where it stands last of 2 times)

| vector             | cosine | distance |
|--------------------|-------:|---------:|
| its own vector     | 1.0000 |   0.0000 |
| blocks.0.attention | 0.5000 |   2.2500 |

Its own vector is the same in both: distance 0. It stands at other places, so that the positions added differ too: 1, 3.
`.trim(),
  );
  expect(compare([side(["bank"], 0), side([" bank"], 0)])).toMatch(
    /\nThese are two tokens, one with a space before it and one without: their own vectors differ\.$/,
  );
});

describe("the heads", () => {
  const scores = {
    previousToken: 0.5,
    firstToken: 0.25,
    induction: 0.125,
    entropy: 1.5,
    entropyShare: 0.5,
    meanDistance: 4.25,
  };
  const question = { kind: "pronoun", reader: "from", row: "before" } as const;
  const clear = { mean: 0.5, halfWidth: 0.125, verdict: "clear" } as never;
  const relation = {
    ...question,
    share: 0.375,
    baseline: 0.0625,
    above: clear,
    ablation: { here: 0.75, elsewhere: 0.25, difference: clear },
    found: true,
  };
  const report = (found: boolean, asked = true) =>
    inspectionText({
      checkpoint,
      heads: {
        checkpoint,
        data: "a.txt",
        texts: 60,
        tokens: 6053,
        questions: asked ? [{ ...question, places: 100, texts: 50 }] : [],
        heads: [
          {
            layer: 0,
            head: 1,
            ...scores,
            relations: asked ? [{ ...relation, found }] : [],
            label: found ? "pronoun" : "none found",
          },
        ],
      },
    });

  it("have scores, labels and proofs", () => {
    const text = report(true);
    expect(text).toContain(
      `
| head | previous | first | same | induction | entropy | distance | relation |
|------|---------:|------:|-----:|----------:|--------:|---------:|---------:|
| 0.1  |    50.0% | 25.0% |      |     12.5% |    1.50 |      4.3 |  pronoun |
`,
    );
    expect(text).toContain(
      `
| head | relation |              row of | looks there | by distance | loss grows more by |
|------|---------:|--------------------:|------------:|------------:|-------------------:|
| 0.1  |  pronoun | the token before it |       37.5% |        6.3% |      0.500 ± 0.125 |`,
    );
  });

  it("say so where nothing was found, and where nothing was asked", () => {
    expect(report(false)).toMatch(/\n\nRelations: none found\.$/);
    expect(report(false, false)).toMatch(
      /\n\nRelations were not looked for: too few of these texts come with a list of words that belong together\.$/,
    );
  });
});
