import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DataError } from "../../../src/core/errors.js";
import type { Choice } from "../../../src/dataset/choices.js";
import { type TokenStore, tokenStoreOf } from "../../../src/dataset/tokenStore.js";
import type { Row, RowReader } from "../../../src/jobs/evaluate/lossReader.js";
import { accuracyOf, RelationTest } from "../../../src/jobs/evaluate/relations.js";
import { createTokenizer, fitTokenizer } from "../../../src/tokenizers/fit.js";
import type { Tokenizer } from "../../../src/tokenizers/tokenizer.js";
import { folderOf } from "../../dataset/files.js";

const story = "Tom saw Ann, and she was here.";
const other = "Ann said that she had a hat, and Tom said that he had two, and a dog.";
const text = `${story}\n\n${other}\n\n`;
const at = (word: string, from: number) => text.indexOf(word, from);
const second = story.length + 2;
const choices: Choice[] = [
  { kind: "pronoun", context: 0, start: at("she", 0), right: "she", wrong: ["he"] },
  { kind: "number", context: 0, start: at("was", 0), right: "was", wrong: ["were"] },
  { kind: "pronoun", context: second, start: at("she", second), right: "she", wrong: ["he"] },
  { kind: "name", context: second, start: at("Tom", second), right: "Tom", wrong: ["Ann", "dog", "hat"] },
  { kind: "binding", context: second, start: at("Tom", second), right: "Tom", wrong: ["Ann"] },
  { kind: "pronoun", context: second, start: at("he ", at("Tom", second)), right: "he", wrong: ["she"] },
];
const words = `${text} were`;

/** A model as a table: what each token costs after given tokens before it. */
type Table = (before: number[], id: number) => number;

class TableReader implements RowReader {
  readonly batchSize = 3;
  readonly rowsRead: Row[] = [];

  constructor(
    readonly length: number,
    private readonly table: Table,
  ) {}

  read(rows: readonly Row[]): Float32Array {
    expect(rows.length).toBeLessThanOrEqual(this.batchSize);
    this.rowsRead.push(...rows);
    for (const { inputs, places } of rows) {
      expect(inputs.length).toBeLessThanOrEqual(this.length);
      expect(places.length).toBeLessThanOrEqual(this.length);
    }
    return Float32Array.from(
      rows.flatMap(({ inputs, places, targets }) =>
        Array.from(places, (place, i) => this.table([...inputs.subarray(0, place + 1)], targets[i]!)),
      ),
    );
  }
}

/** Numbers that look like chance, and depend on every token before. */
const hash: Table = (before, id) =>
  [...before, id].reduce((h, x) => Math.imul(h ^ (x + 1), 0x9e3779b1) >>> 7, 12345) / 2 ** 25;

async function open(tokenizer: Tokenizer, contextLength: number, asked: readonly Choice[] = choices) {
  const lines = asked.map((c) => JSON.stringify(c)).join("\n");
  const folder = folderOf({ "a.txt": text, "choices.jsonl": lines });
  const path = join(folder, "a.txt");
  const store: TokenStore = tokenStoreOf(tokenizer.encode(text), tokenizer.vocabSize);
  const source = join(folder, "choices.jsonl");
  return { source, opened: RelationTest.open(source, { path, store, tokenizer, contextLength }) };
}

/** What is right, question by question, without rows that are shared. */
function expected(tokenizer: Tokenizer, contextLength: number, table: Table): Map<string, boolean[]> {
  const found = new Map<string, boolean[]>();
  for (const { kind, context, start, right, wrong } of choices) {
    const isWord = tokenizer.kind === "word";
    const lead = isWord && text[start - 1] === " " ? " " : "";
    const after = isWord ? "" : text[start + right.length]!;
    const tokens = [right, ...wrong].map((word) => [...tokenizer.encode(lead + word + after)]);
    const longest = Math.max(...tokens.map((ids) => ids.length));
    const before = [...tokenizer.encode(text.slice(context, start - lead.length))].slice(
      -(contextLength - longest + 1),
    );
    const costs = tokens.map((ids) =>
      ids.reduce((sum, id, i) => sum + Math.fround(table([...before, ...ids.slice(0, i)], id)), 0),
    );
    found.set(kind, [...(found.get(kind) ?? []), costs.slice(1).every((cost) => costs[0]! < cost)]);
  }
  return found;
}

describe("RelationTest", () => {
  it("asks what the story so far makes of each word, of words and of characters, in long contexts and short", async () => {
    for (const kind of ["word", "char"] as const) {
      const tokenizer = await fitTokenizer(kind, [words]);
      for (const contextLength of [5, 6, 8, 12, 30, 200]) {
        for (let salt = 0; salt < 8; salt++) {
          const table: Table = (before, id) => hash([salt, ...before], id);
          const { opened } = await open(tokenizer, contextLength);
          const results = await (await opened).run(new TableReader(contextLength, table));
          const wanted = expected(tokenizer, contextLength, table);
          expect(new Set(results.map((r) => r.kind))).toEqual(new Set(wanted.keys()));
          for (const { kind: which, places, right } of results) {
            expect(places).toBe(wanted.get(which)!.length);
            expect(right, `${kind} ${contextLength} ${salt} ${which}`).toBe(wanted.get(which)!.filter(Boolean).length);
          }
        }
      }
    }
  });

  it("is worked by hand: a model that says she after everything but Tom said that", async () => {
    const tokenizer = await fitTokenizer("word", [words]);
    const id = (word: string) => tokenizer.encode(word)[0]!;
    const table: Table = (before, token) => {
      const tomSaid = [" Tom", " said", " that"].map(id).join() === before.slice(-3).join();
      return token === id(tomSaid ? " he" : " she") ? 1 : 2;
    };
    const { opened } = await open(tokenizer, 50);
    const test = await opened;
    const done: number[] = [];
    const results = await test.run(new TableReader(50, table), (rows) => done.push(rows));
    expect(results.map(({ kind, right, places, chance }) => ({ kind, right, places, chance }))).toEqual([
      { kind: "pronoun", right: 3, places: 3, chance: 1 / 2 },
      { kind: "binding", right: 0, places: 1, chance: 1 / 2 }, // equally likely is not likelier
      { kind: "name", right: 0, places: 1, chance: 1 / 4 },
      { kind: "number", right: 0, places: 1, chance: 1 / 2 },
    ]);
    expect([test.rows, done]).toEqual([2, [2]]); // one row a story
    expect(test.note).toBeUndefined();
  });

  it("reads a row of its own for each word of several tokens", async () => {
    const { opened } = await open(await fitTokenizer("char", [words]), 30);
    const reader = new TableReader(30, hash);
    await (await opened).run(reader);
    expect(reader.rowsRead.length).toBe(2 + 2 + 2 + 4 + 2 + 2);
  });

  it("leaves out what the tokenizer does not know, and says so", async () => {
    const unknown = createTokenizer("word", ["<unk>", ...tokensOf(await fitTokenizer("word", [text]))]);
    for (const tokenizer of [await fitTokenizer("word", [text]), unknown]) {
      const test = await (await open(tokenizer, 50)).opened;
      expect(test.note).toBe(
        "1 of 6 relations are left out: the tokenizer does not know their words, or they do not fit the context",
      );
      const kinds = (await test.run(new TableReader(50, hash))).map(({ kind }) => kind);
      expect(kinds).not.toContain("number"); // " were" is not in the text
    }
  });

  it("leaves out only the wrong words that are not known, where another is", async () => {
    const name: Choice = { ...choices[3]!, wrong: ["zebra", "Ann"] };
    const test = await (await open(await fitTokenizer("word", [text]), 50, [name])).opened;
    const [result] = await test.run(new TableReader(50, hash));
    expect(result).toMatchObject({ places: 1, chance: 1 / 2 });
  });

  it.each([
    [
      "another word",
      { right: "he", wrong: ["she"] },
      '"he" at character 17 after context from 0, and the text there says " she wa"',
    ],
    ["the middle of a word", { start: 19 }, '"she" at character 19 after context from 0, and no token begins there'],
    [
      "a place beyond the text",
      { start: 5000 },
      '"she" at character 5000 after context from 0, and no token begins there',
    ],
    [
      "a context inside a word",
      { context: 1 },
      '"she" at character 17 after context from 1, and the text there says " she was"',
    ],
  ])("refuses %s", async (_, changes, got) => {
    const { source, opened } = await open(await fitTokenizer("word", [words]), 50, [{ ...choices[0]!, ...changes }]);
    await expect(opened).rejects.toThrow(
      new DataError(`${source} must fit its text: got ${got} (put back the files as they came)`),
    );
  });

  it("finds places after characters of two UTF-16 units", async () => {
    const smile = `👩 ${text}`;
    const shifted = choices.map((c) => ({ ...c, context: c.context + (c.context && 2), start: c.start + 2 }));
    const folder = folderOf({ "choices.jsonl": shifted.map((c) => JSON.stringify(c)).join("\n") });
    const path = join(folder, "a.txt");
    writeFileSync(path, smile);
    const tokenizer = await fitTokenizer("char", [`👩${words}`]);
    const store = tokenStoreOf(tokenizer.encode(smile), tokenizer.vocabSize);
    const setting = { path, store, tokenizer, contextLength: 50 };
    expect((await RelationTest.open(join(folder, "choices.jsonl"), setting)).note).toBeUndefined();
  });
});

describe("accuracyOf", () => {
  it("counts strictly likelier words, with chance and interval", () => {
    const { low, high, ...rest } = accuracyOf("name", [
      [1, 2],
      [1, 2, 3, 0.5],
      [1, 1],
      [0.1, 2, 3],
    ]);
    expect(rest).toEqual({ kind: "name", places: 4, right: 2, accuracy: 0.5, chance: (0.5 + 0.25 + 0.5 + 1 / 3) / 4 });
    expect([low, high].map((x) => x.toFixed(4))).toEqual(["0.1500", "0.8500"]); // 1/2 ± sqrt(...) of Wilson, n = 4
  });
});

function tokensOf(tokenizer: Tokenizer): string[] {
  return Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.token(id));
}
