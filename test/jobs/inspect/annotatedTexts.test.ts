import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DataError } from "../../../src/core/errors.js";
import { readAnnotatedTexts, textOfRun } from "../../../src/jobs/inspect/annotatedTexts.js";
import { createRun } from "../../../src/runs/runFolder.js";
import { fitTokenizer } from "../../../src/tokenizers/tokenizers.js";
import { folderOf } from "../../dataset/files.js";
import { messageOf, someRecord } from "../../runs/checkpoint/support.js";

const stories = ["Ann saw the élan, and she fled.", "The river bank was wet.", "Tom left."];
const text = `\n${stories[0]}\n\n${stories[1]}\n\n\n${stories[2]}\n\n`;
const span = (word: string): [number, number] => [text.indexOf(word), text.indexOf(word) + word.length];
const pairs = [
  { kind: "pronoun", from: span("she"), to: span("Ann") },
  { kind: "meaning", from: span("bank"), to: span("The river"), sense: "river" },
  { kind: "far", from: span("Tom"), to: span("Ann") },
];

/** A file whose corpus knows its relations. */
function corpus(): string {
  const sha256 = createHash("sha256").update(text).digest("hex");
  const meta = JSON.stringify({ files: { "text.txt": { sha256, relations: "relations.jsonl" } } });
  const relations = pairs.map((pair) => JSON.stringify(pair)).join("\n");
  return join(folderOf({ "text.txt": text, "meta.json": meta, "relations.jsonl": relations }), "text.txt");
}

const words = fitTokenizer(text, { kind: "word" });
const characters = fitTokenizer(text, { kind: "char" });

describe("readAnnotatedTexts", () => {
  it("reads paragraphs without the white space around them, and the pairs inside each", async () => {
    for (const tokenizer of [words, characters]) {
      const texts = await readAnnotatedTexts(corpus(), { tokenizer, length: 100, most: 9 });
      expect(texts.map(({ ids }) => tokenizer.decode(ids))).toEqual(stories);
      const said = texts.map(({ ids, pairs }) =>
        pairs.map(({ from, to, ...rest }) => {
          const at = ([first, last]: readonly [number, number]) => {
            const said = tokenizer.decode(ids.slice(first, last + 1));
            return tokenizer === words ? said.trim() : said; // a word has the space before it
          };
          return { from: at(from), to: at(to), ...rest };
        }),
      );
      expect(said).toEqual([
        [{ kind: "pronoun", from: "she", to: "Ann", word: "she" }],
        [{ kind: "meaning", from: "bank", to: "The river", word: "bank", sense: "river" }],
        [],
      ]);
    }
  });

  it("reads no more texts than asked for, and cuts long ones", async () => {
    const some = await readAnnotatedTexts(corpus(), { tokenizer: words, length: 5, most: 2 });
    expect(some.map(({ ids }) => words.decode(ids))).toEqual(["Ann saw the élan,", " and she fled."]);
    expect(some.map(({ pairs }) => pairs)).toEqual([[], []]); // "she" and "Ann" are parted
  });

  it("knows no pairs of a text in memory", async () => {
    const texts = await readAnnotatedTexts({ text }, { tokenizer: words, length: 100, most: 1 });
    expect(texts.map(({ pairs }) => pairs)).toEqual([[]]);
  });

  it("needs a paragraph", async () => {
    const reading = readAnnotatedTexts({ text: "Tom\n\nTom\n" }, { tokenizer: words, length: 100, most: 1 });
    await expect(reading).rejects.toThrow(new DataError("data must have a paragraph of 2 tokens or more: got none"));
  });
});

describe("textOfRun", () => {
  const runOn = (...files: ["train" | "validation", path: string][]) => {
    const folder = folderOf({});
    const of = files.map(([split, path]) => ({ ...someRecord.files[0]!, split, path }));
    createRun(folder, { ...someRecord, files: of }).release();
    return join(folder, "checkpoint-1");
  };

  it("is the text that the run validated on, else the one that it trained on", () => {
    const [a, b] = ["a.txt", "b.txt"].map((name) => join(folderOf({ [name]: "text" }), name)) as [string, string];
    expect(textOfRun(runOn(["train", a], ["validation", b]))).toBe(b);
    expect(textOfRun(runOn(["train", a]))).toBe(a);
  });

  it("has to be named where it is not there", () => {
    const alone = join(folderOf({}), "checkpoint-1");
    expect(messageOf(() => textOfRun(alone))).toBe(
      `data must be given: got none, and ${alone} is not in the folder of a run (name a text file)`,
    );
    expect(messageOf(() => textOfRun(runOn(["train", "gone.txt"])))).toBe(
      "data must be given: got none, and its run read gone.txt, which is not there (name a text file)",
    );
  });
});
