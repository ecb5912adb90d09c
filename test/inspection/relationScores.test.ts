import { expect, it } from "vitest";
import { mean } from "../../src/core/statistics.js";
import { capture } from "../../src/inspection/capture.js";
import { outcome } from "../../src/inspection/effect.js";
import { ablateHead } from "../../src/inspection/interventions.js";
import { type HeadRelation, type RelatedText, relationScores } from "../../src/inspection/relationScores.js";
import { onEveryBackend } from "../support/backends.js";
import { copyingModel, copyingTexts, nameScore } from "./copyingModel.js";

const texts = copyingTexts(12);
/** Of each text: where it asks, and where the name stands. */
const places = texts.map(({ pairs }) => ({ asks: pairs[0]!.from[0] - 1, name: pairs[0]!.to[0] }));
const about = ({ kind, reader, row }: HeadRelation) => `${kind}, ${reader}, ${row}`;

/** Those of the two heads, in the row of the word and in the row before. */
type Answers = [[HeadRelation, HeadRelation], [HeadRelation, HeadRelation]];

onEveryBackend("relation scores", () => {
  it("find the head that does it, in the row that does it, and no other", async () => {
    const model = copyingModel();
    const { questions, heads } = await relationScores(model, texts);
    expect(questions).toEqual([
      { kind: "name", reader: "from", row: "word", places: 12, texts: 12 },
      { kind: "name", reader: "from", row: "before", places: 12, texts: 12 },
    ]);
    const found = heads.map((answers) => answers.filter((answer) => answer.found).map(about));
    expect(found).toEqual([["name, from, before"], []]);
    model.dispose();
  });

  it("have shares by the formula of the scores", async () => {
    const model = copyingModel();
    const [[word, before], [, alike]] = (await relationScores(model, texts)).heads as Answers;
    const e = Math.exp(nameScore);
    expect(before.share).toBeCloseTo(mean(places.map(({ asks }) => e / (e + asks))), 5);
    expect(word.share).toBeCloseTo(mean(places.map(({ asks }) => 1 / (asks + 2))), 5);
    expect(alike.share).toBeCloseTo(mean(places.map(({ asks }) => 1 / (asks + 1))), 5);
    model.dispose();
  });

  it("have as baseline the mean weight at that distance over all rows, but for the first token", async () => {
    const model = copyingModel();
    const rows = texts.map(({ ids }) => {
      const { values } = capture(model, [ids]).at("blocks.0.attention", "weights"); // [1, 2, T, T]
      return Array.from(ids, (_, t) => values.slice(t * ids.length, t * ids.length + t + 1));
    });
    const atDistance = (d: number) => rows.flatMap((text) => text.slice(d + 1).map((row, i) => row[i + 1]!));
    const [[, before]] = (await relationScores(model, texts)).heads as Answers;
    const wanted = mean(places.map(({ asks, name }) => mean(atDistance(asks - name))));
    expect(before.baseline).toBeCloseTo(wanted, 5);
    expect(before.above.mean).toBeCloseTo(before.share - wanted, 5);
    model.dispose();
  });

  it("have as proof what the loss gains when the head gives its mean output, there and elsewhere", async () => {
    const model = copyingModel();
    const outputs = texts.flatMap(({ ids }) => {
      const { values } = capture(model, [ids]).at("blocks.0.attention", "headOutputs"); // [1, 2, T, 8]
      return Array.from(ids, (_, t) => Array.from(values.slice(t * 8, t * 8 + 8)));
    });
    const by = outputs[0]!.map((_, i) => mean(outputs.map((output) => output[i]!)));
    const growth = texts.map(({ ids }) => {
      const [ablated, whole] = [[ablateHead(0, 0, by)], []].map((interventions) =>
        outcome(model, [ids], { interventions }),
      );
      return Array.from(ablated!.losses.values, (loss, t) => loss - whole!.losses.values[t]!);
    });
    const [[, before], [, alike]] = (await relationScores(model, texts)).heads as Answers;
    const here = mean(growth.map((text, i) => text[places[i]!.asks]!));
    const elsewhere = mean(growth.map((text, i) => mean(text.filter((_, t) => t !== places[i]!.asks))));
    expect(before.ablation.here).toBeCloseTo(here, 4);
    expect(before.ablation.elsewhere).toBeCloseTo(elsewhere, 4);
    expect(before.ablation.difference.mean).toBeCloseTo(here - elsewhere, 4);
    expect(alike.ablation).toMatchObject({ here: 0, elsewhere: 0 });
    model.dispose();
  });
});

/** The texts with other pairs. */
const asking = (pairs: RelatedText["pairs"], count = 10) => texts.slice(0, count).map(({ ids }) => ({ ids, pairs }));
const pair = (kind: string, from: [number, number], to: [number, number]) => ({ kind, from, to });

it("expects of the first token what it gets at that row, wherever a head looks", async () => {
  const model = copyingModel();
  const [, [alike]] = (await relationScores(model, asking([pair("start", [2, 2], [0, 0])]))).heads as Answers;
  expect(alike.share).toBeCloseTo(1 / 3, 5);
  expect(alike.above.mean).toBeCloseTo(0, 6);
  model.dispose();
});

it("lets the later word look, from its last token or from the one before its first", async () => {
  const model = copyingModel();
  const { questions, heads } = await relationScores(model, asking([pair("noun", [0, 1], [2, 3])]));
  expect(questions.map(({ reader, row }) => [reader, row])).toEqual([
    ["to", "word"],
    ["to", "before"],
  ]);
  const [, [word, before]] = heads as Answers;
  expect(word.share).toBeCloseTo(2 / 4, 5);
  expect(before.share).toBeCloseTo(2 / 2, 5);
  model.dispose();
});

it("does not find what a head looks away from, however much its loss matters there", async () => {
  const model = copyingModel();
  const away = texts.map(({ ids }, i) => {
    const { asks, name } = places[i]!;
    return { ids, pairs: [pair("filler", [asks + 1, asks + 1], [name + 1, name + 1])] };
  });
  const [[, before]] = (await relationScores(model, away)).heads as Answers;
  expect(before.above.mean).toBeLessThan(0);
  expect(before.ablation.difference.mean).toBeGreaterThan(0);
  expect([before.above.verdict, before.ablation.difference.verdict, before.found]).toEqual(["clear", "clear", false]);
  model.dispose();
});

it("counts a word that belongs to two as one place", async () => {
  const model = copyingModel();
  const they = [pair("they", [3, 3], [0, 0]), pair("they", [3, 3], [2, 2])];
  const { questions, heads } = await relationScores(model, asking(they));
  expect(questions.map((question) => question.places)).toEqual([10, 10]);
  expect(heads[1]![0]!.share).toBeCloseTo(2 / 4, 5);
  model.dispose();
});

it("leaves out words within each other, rows that predict nothing, and what fewer than 10 texts ask", async () => {
  const model = copyingModel();
  const last = texts.slice(0, 10).map(({ ids }) => ids.length - 1);
  const atEnd = last.map((t, i) => ({ ids: texts[i]!.ids, pairs: [pair("end", [t, t], [1, 1])] }));
  const none = { questions: [], heads: [[], []] };
  expect(await relationScores(model, asking([pair("part", [1, 3], [2, 2])]))).toEqual(none);
  expect(await relationScores(model, asking([pair("rare", [2, 2], [0, 0])], 9))).toEqual(none);
  const { questions } = await relationScores(model, atEnd);
  expect(questions.map(({ row }) => row)).toEqual(["before"]);
  model.dispose();
});

it("reports how many readings of the texts are done", async () => {
  const model = copyingModel();
  const heard: number[][] = [];
  await relationScores(model, texts, { onProgress: (...counts) => void heard.push(counts) });
  expect(heard).toEqual([12, 24, 36, 48, 60].map((done) => [done, 60]));
  model.dispose();
});
