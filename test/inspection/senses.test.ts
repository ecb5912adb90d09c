import { expect, it } from "vitest";
import { capture } from "../../src/inspection/capture.js";
import { senseScores, type WordOccurrence, wordVectors } from "../../src/inspection/senses.js";
import { onEveryBackend } from "../support/backends.js";
import { expectClose, tensorsLeft } from "../support/numbers.js";
import { tinyModel } from "../support/tinyModel.js";
import { copyingModel, copyingTexts } from "./copyingModel.js";

const texts = copyingTexts(12).map(({ ids, pairs }) => ({ ids: Array.from(ids), asks: pairs[0]!.from[0] - 1 }));
const ids = texts.map((text) => text.ids);
/** The token that asks, which means another name in each text. */
const occurrences: WordOccurrence[] = texts.map(({ ids, asks }, text) => {
  return { word: "asks", sense: `name ${ids[asks + 1]}`, text, token: asks };
});

onEveryBackend("sense scores", () => {
  it("are chance without context, and perfect where a head puts the sense into the vector", () => {
    const model = copyingModel();
    const scores = senseScores(model, ids, occurrences)!;
    const counts = [0, 1, 2, 3].map((name) => texts.filter(({ ids, asks }) => ids[asks + 1] === name).length);
    expect(Math.min(...counts), "each name is in two texts").toBeGreaterThan(1);
    const chance = Math.max(...counts) / 12;
    expect(scores).toMatchObject({ texts: 12, occurrences: 12, chance });
    expect(scores.words.map(({ word }) => word)).toEqual(["asks"]);
    expect(scores.vectors.map(({ kind, layer, accuracy, byWord }) => ({ kind, layer, accuracy, byWord }))).toEqual([
      { kind: "one-hot", layer: undefined, accuracy: chance, byWord: [chance] },
      { kind: "static", layer: undefined, accuracy: chance, byWord: [chance] },
      { kind: "layer", layer: 0, accuracy: 1, byWord: [1] },
    ]);
    model.dispose();
  });

  it("come from the vectors of each occurrence, and leave no tensor behind", () => {
    const model = tinyModel();
    const short = [
      [1, 2, 3],
      [4, 5, 6, 1, 2],
    ];
    let kinds: ReturnType<typeof wordVectors> = [];
    expect(
      tensorsLeft(() => {
        kinds = wordVectors(model, short, [
          { word: "w", sense: "a", text: 0, token: 2 },
          { word: "w", sense: "b", text: 1, token: 3 },
        ]);
      }),
    ).toBe(0);
    const [first, second] = short.map((text) => capture(model, [text]));
    const width = model.config.hiddenDim;
    const places = [
      "tokens.output",
      "positions.output",
      "blocks.0.feedForward.residual",
      "blocks.1.feedForward.residual",
    ];
    for (const [i, place] of places.entries()) {
      const [, layer, point] = /(.*)\.(.*)/.exec(place)! as unknown as [string, string, "output"];
      const { vectors } = kinds[i + 1]!;
      expectClose(vectors[0]!, first!.at(layer, point).values.slice(2 * width, 3 * width));
      expectClose(vectors[1]!, second!.at(layer, point).values.slice(3 * width, 4 * width));
    }
    expect(kinds[0]!.vectors).toEqual([Float32Array.of(1, 0), Float32Array.of(0, 1)]);
    model.dispose();
  });
});

/** One-hot vectors alone decide: `token` of each occurrence, in texts of one token. */
function oneHotOf(all: readonly (readonly [word: string, sense: string, text: number, token: number])[]) {
  const model = copyingModel();
  const length = Math.max(...all.map(([, , text]) => text)) + 1;
  const tokens = Array.from({ length }, (_, text) => all.filter((one) => one[2] === text).map((one) => one[3]));
  const seen = new Map<number, number>();
  const occurrences = all.map(([word, sense, text]) => {
    const token = seen.get(text) ?? 0;
    seen.set(text, token + 1);
    return { word, sense, text, token };
  });
  const scores = senseScores(model, tokens, occurrences);
  model.dispose();
  return scores;
}

it("judge no occurrence by its own text", () => {
  const { vectors } = oneHotOf([
    ["w", "a", 0, 4],
    ["w", "a", 0, 4], // with its like in the same text, a's mean would be nearer than b's
    ["w", "a", 1, 5],
    ["w", "b", 2, 4],
    ["w", "b", 3, 5],
  ])!;
  // Text 0: a is [5], b is [4 5]: wrong twice. Text 1: a is [4 4]: wrong. Text 2: a [4 4 5], b [5]: wrong. Text 3: b [4]: wrong.
  expect(vectors[0]!.accuracy).toBe(0);
});

it("give vectors that are always the same chance, and no more, whatever their means are rounded to", () => {
  const model = tinyModel();
  for (const [a, b] of [
    [3, 5],
    [6, 7],
    [11, 9],
  ] as const) {
    const occurrences = Array.from({ length: a + b }, (_, text) => {
      return { word: "w", sense: text < a ? "a" : "b", text, token: 0 };
    });
    const { vectors, chance } = senseScores(
      model,
      occurrences.map(() => [3]),
      occurrences,
    )!;
    expect(chance).toBe(Math.max(a, b) / (a + b));
    for (const { kind, accuracy } of vectors) expect(accuracy, kind).toBe(chance);
  }
  model.dispose();
});

it("have a standard error from sums over texts", () => {
  const { vectors, words, chance } = oneHotOf([
    ["w", "a", 0, 4],
    ["w", "a", 1, 4],
    ["w", "b", 2, 5],
    ["w", "b", 3, 5],
    ["v", "c", 0, 6],
    ["v", "c", 1, 6],
    ["v", "d", 2, 6],
    ["v", "d", 3, 6],
    ["v", "d", 3, 6],
  ])!;
  expect(words).toEqual([
    {
      word: "v",
      senses: [
        { sense: "d", occurrences: 3 },
        { sense: "c", occurrences: 2 },
      ],
      chance: 3 / 5,
    },
    {
      word: "w",
      senses: [
        { sense: "a", occurrences: 2 },
        { sense: "b", occurrences: 2 },
      ],
      chance: 2 / 4,
    },
  ]);
  expect(chance).toBe(5 / 9);
  const [oneHot] = vectors;
  expect(oneHot).toMatchObject({ accuracy: 7 / 9, byWord: [3 / 5, 1] });
  // Right of all, by text: 1 of 2, 1 of 2, 2 of 2, 3 of 3.
  const r = 7 / 9;
  const squares = 2 * (1 - 2 * r) ** 2 + (2 - 2 * r) ** 2 + (3 - 3 * r) ** 2;
  expect(oneHot!.standardError).toBeCloseTo(Math.sqrt((4 / 3) * squares) / 9, 12);
});

it("leave out senses of a single text, and words with one sense left", () => {
  expect(
    oneHotOf([
      ["w", "a", 0, 4],
      ["w", "a", 1, 4],
      ["w", "b", 2, 5],
      ["w", "b", 2, 5],
    ]),
  ).toBeUndefined();
});
