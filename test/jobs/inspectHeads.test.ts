import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ConfigError, DataError } from "../../src/core/errors.js";
import { noneFound } from "../../src/inspection/relationScores.js";
import { inspectHeads } from "../../src/jobs/inspectHeads.js";
import { inspectSenses } from "../../src/jobs/inspectSenses.js";
import { saveCheckpoint } from "../../src/runs/checkpoint/checkpoint.js";
import { WordTokenizer } from "../../src/tokenizers/word.js";
import { folderOf } from "../dataset/files.js";
import { copyingModel, copyingTexts } from "../inspection/copyingModel.js";

const tokenizer = new WordTokenizer([" Ann", " Bob", " Cid", " Dan", " a", " b", " c", " d", " who", "\n"]);

/** A checkpoint of the model that copies names, and texts with their relations beside it. */
function copyingCorpus(): { checkpoint: string; data: string } {
  let text = "";
  const relations = copyingTexts(12).flatMap(({ ids, pairs }) => {
    const starts = Array.from(ids, (_, t) => text.length + tokenizer.decode(Array.from(ids).slice(0, t)).length);
    text += `${tokenizer.decode(ids)}\n\n`;
    const word = (t: number) => [starts[t]! + 1, starts[t]! + tokenizer.token(ids[t]!).length];
    return pairs.flatMap(({ kind, from: [again], to: [name] }) => {
      const asks = { kind: "meaning", from: word(again - 1), to: word(name), sense: tokenizer.token(ids[name]!) };
      return [{ kind, from: word(again), to: word(name) }, asks];
    });
  });
  const sha256 = createHash("sha256").update(text).digest("hex");
  const files = { "text.txt": { sha256, relations: "relations.jsonl" } };
  const folder = folderOf({
    "text.txt": text,
    "meta.json": JSON.stringify({ files }),
    "relations.jsonl": relations.map((one) => JSON.stringify(one)).join("\n"),
  });
  const model = copyingModel();
  const content = { config: model.config, tokenizer: tokenizer.toJSON(), weights: model.read() };
  const checkpoint = saveCheckpoint(folder, { step: 3, ...content });
  model.dispose();
  return { checkpoint, data: join(folder, "text.txt") };
}

it("names the relation of the head that has it, as plain JSON", async () => {
  const { checkpoint, data } = copyingCorpus();
  const heard: number[][] = [];
  const onProgress = (...counts: number[]) => void heard.push(counts);
  const report = await inspectHeads({ checkpoint, data, backend: "cpu", onProgress });
  expect(report).toMatchObject({ checkpoint, data, texts: 12 });
  expect(report.tokens).toBe(copyingTexts(12).reduce((sum, { ids }) => sum + ids.length, 0));
  expect(report.heads.map(({ layer, head, label }) => ({ layer, head, label }))).toEqual([
    { layer: 0, head: 0, label: "name" },
    { layer: 0, head: 1, label: noneFound },
  ]);
  expect(report.heads.map(({ relations }) => relations.length)).toEqual([4, 4].map(() => report.questions.length));
  expect(report.heads[1]!.entropyShare).toBeCloseTo(1, 5);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  expect(heard.at(-1)).toEqual([60, 60]);
});

it("reads fewer texts where asked, and asks nothing that too few of them have", async () => {
  const { checkpoint, data } = copyingCorpus();
  const report = await inspectHeads({ checkpoint, data, texts: 5, backend: "cpu" });
  expect(report).toMatchObject({ texts: 5, questions: [] });
  expect(report.heads.map(({ label, relations }) => ({ label, relations }))).toEqual(
    [0, 1].map(() => ({ label: noneFound, relations: [] })),
  );
});

it("refuses what it can't look at", async () => {
  const { checkpoint, data } = copyingCorpus();
  await expect(inspectHeads({ checkpoint: "" })).rejects.toThrow(
    new ConfigError('checkpoint must name a run or a checkpoint: got ""'),
  );
  await expect(inspectHeads({ checkpoint, data, texts: 0 })).rejects.toThrow(
    new ConfigError("texts must be a whole number of at least 1: got 0"),
  );
  await expect(inspectSenses({ checkpoint, data: { text: " Ann a b" }, backend: "cpu" })).rejects.toThrow(
    new DataError(
      "data must have words with several meanings, listed beside it: got - (read more texts, or those of data/tales/heldout.txt)",
    ),
  );
});

it("measures how well the senses of a word are told apart", async () => {
  const { checkpoint, data } = copyingCorpus();
  const report = await inspectSenses({ checkpoint, data, backend: "cpu" });
  expect(report).toMatchObject({ checkpoint, data, texts: 12, occurrences: 12 });
  expect(report.words.map(({ word }) => word)).toEqual(["who"]);
  expect(report.vectors.map(({ kind, accuracy }) => [kind, accuracy])).toEqual([
    ["one-hot", report.chance],
    ["static", report.chance],
    ["layer", 1],
  ]);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});
