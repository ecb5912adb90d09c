import { expect, it } from "vitest";
import { capture } from "../../src/inspection/capture.js";
import { headScores, inductionScore, scoreAttention } from "../../src/inspection/headScores.js";
import { onEveryBackend } from "../support/backends.js";
import { tensorsLeft } from "../support/numbers.js";
import { tinyConfig, tinyModel } from "../support/tinyModel.js";

/** Tokens a b a b, and what each gives to those before it and to itself. */
const ids = [3, 5, 3, 5];
const matrix = [[1], [0.5, 0.5], [0.25, 0.25, 0.5], [0, 0, 1, 0]];
const row = (t: number) => matrix[t]!;

it("scores rows by their formulas, all but the first", () => {
  expect(scoreAttention(ids, row)).toEqual({
    previousToken: (0.5 + 0.25 + 1) / 3,
    firstToken: (0.5 + 0.25 + 0) / 3,
    duplicateToken: (0.25 + 0) / 2, // the second a, the second b
    entropy: (1 + 1.5 + 0) / 3,
    entropyShare: (1 + 1.5 / Math.log2(3) + 0) / 3,
    meanDistance: (0.5 + (0.25 * 2 + 0.25) + 1) / 3,
  });
});

it("knows no duplicate-token score where no token comes twice", () => {
  expect(scoreAttention([1, 2, 3, 4], row)).not.toHaveProperty("duplicateToken");
});

it("calls induction the weight on the token after the earlier occurrence", () => {
  expect(inductionScore(row, 2)).toBe((0.25 + 1) / 2); // the second a on the first b, the second b on the second a
});

/** The tiny model without queries and keys in its first layer: all its heads look at all tokens alike. */
function uniformInLayer0() {
  const model = tinyModel();
  const weights = model.read();
  for (const name of ["blocks.0.attention.qkv.weight", "blocks.0.attention.qkv.bias"]) weights.get(name)!.data.fill(0);
  model.load(weights);
  return model;
}

const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

onEveryBackend("head scores", () => {
  it("are those of a head that looks at all tokens alike, for texts of several lengths", () => {
    const model = uniformInLayer0();
    const texts = [
      [1, 2, 1, 4, 2],
      [5, 6, 5],
    ];
    const [first, second] = headScores(model, texts);
    const rows = texts.flatMap((text) => text.slice(1).map((_, i) => i + 1)); // t of each row
    const wanted = {
      previousToken: mean(rows.map((t) => 1 / (t + 1))),
      firstToken: mean(rows.map((t) => 1 / (t + 1))),
      duplicateToken: mean([1 / 3, 1 / 5, 1 / 3]),
      entropy: mean(rows.map((t) => Math.log2(t + 1))),
      entropyShare: 1,
      meanDistance: mean(rows.map((t) => t / 2)),
      induction: mean([1 / 3, 1 / 4]), // 2 tokens of 5, repeated: rows 2 and 3
    };
    for (const [name, value] of Object.entries(wanted)) {
      expect(first![name as keyof typeof wanted], name).toBeCloseTo(value, 5);
      expect(second![name as keyof typeof wanted], name).toBeCloseTo(value, 5);
    }
    model.dispose();
  });

  it("tell layers and heads apart, and leave no tensor behind", () => {
    const model = tinyModel();
    const text = [1, 2, 3, 4, 5];
    let scores: ReturnType<typeof headScores> = [];
    expect(
      tensorsLeft(() => {
        scores = headScores(model, [text]);
      }),
    ).toBe(0);
    const T = tinyConfig.contextLength;
    const all = capture(model, [text]);
    for (const { layer, head, firstToken } of scores) {
      const { values } = all.at(`blocks.${layer}.attention`, "weights"); // [1, H, T, T]
      const onFirst = [1, 2, 3, 4].map((t) => values[(head * T + t) * T]!);
      expect(firstToken).toBeCloseTo(mean(onFirst), 5);
    }
    expect(scores.map(({ layer, head }) => [layer, head])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    model.dispose();
  });
});
