import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DataError } from "../../../src/core/errors.js";
import type { Choice } from "../../../src/dataset/choices.js";
import { type TokenStore, tokenStoreOf } from "../../../src/dataset/tokenStore.js";
import { TokenPlaces } from "../../../src/jobs/evaluate/alternatives.js";
import type { Row, RowReader } from "../../../src/jobs/evaluate/lossReader.js";
import { accuracyOf, RelationTest } from "../../../src/jobs/evaluate/relations.js";
import type { Tokenizer } from "../../../src/tokenizers/tokenizer.js";
import { fitTokenizer } from "../../../src/tokenizers/tokenizers.js";
import { WordTokenizer } from "../../../src/tokenizers/word.js";
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

interface Opening {
  asked?: readonly Choice[];
  folder?: string;
  /** The text that the choices are about. */
  of?: string;
}

function open(
  tokenizer: Tokenizer,
  contextLength: number,
  { asked = choices, folder = folderOf({}), of = text }: Opening = {},
): RelationTest {
  const file = join(folder, "choices.jsonl");
  writeFileSync(file, asked.map((choice) => JSON.stringify(choice)).join("\n"));
  const encoded = { text: of, ...tokenizer.encodeWithOffsets(of) };
  const store: TokenStore = tokenStoreOf(encoded.ids, tokenizer.vocabSize);
  const places = new TokenPlaces();
  places.add(encoded);
  return new RelationTest({ choices: file, places, store, tokenizer, contextLength });
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
      const tokenizer = fitTokenizer(words, { kind });
      for (const contextLength of [5, 6, 8, 12, 30, 200]) {
        for (let salt = 0; salt < 8; salt++) {
          const table: Table = (before, id) => hash([salt, ...before], id);
          const results = await open(tokenizer, contextLength).run(new TableReader(contextLength, table));
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
    const tokenizer = fitTokenizer(words, { kind: "word" });
    const id = (word: string) => tokenizer.encode(word)[0]!;
    const table: Table = (before, token) => {
      const tomSaid = [" Tom", " said", " that"].map(id).join() === before.slice(-3).join();
      return token === id(tomSaid ? " he" : " she") ? 1 : 2;
    };
    const test = open(tokenizer, 50);
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
    const reader = new TableReader(30, hash);
    await open(fitTokenizer(words, { kind: "char" }), 30).run(reader);
    expect(reader.rowsRead.length).toBe(2 + 2 + 2 + 4 + 2 + 2);
  });

  it("leaves out what the tokenizer does not know, and says so", async () => {
    const unknown = new WordTokenizer(["<unk>", ...tokensOf(fitTokenizer(text, { kind: "word" }))]);
    for (const tokenizer of [fitTokenizer(text, { kind: "word" }), unknown]) {
      const test = open(tokenizer, 50);
      expect(test.note).toBe(
        "1 of 6 relations are left out: the tokenizer does not know their words, or they do not fit the context",
      );
      const kinds = (await test.run(new TableReader(50, hash))).map(({ kind }) => kind);
      expect(kinds).not.toContain("number"); // " were" is not in the text
    }
  });

  it("leaves out only the wrong words that are not known, where another is", async () => {
    const name: Choice = { ...choices[3]!, wrong: ["zebra", "Ann"] };
    const test = open(fitTokenizer(text, { kind: "word" }), 50, { asked: [name] });
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
  ])("refuses %s", (_, changes, got) => {
    const folder = folderOf({});
    const wrong = () =>
      open(fitTokenizer(words, { kind: "word" }), 50, { asked: [{ ...choices[0]!, ...changes }], folder });
    expect(wrong).toThrow(
      new DataError(`${join(folder, "choices.jsonl")} must fit its text: got ${got} (put back the files as they came)`),
    );
  });

  it("finds places after characters of two UTF-16 units", () => {
    const asked = choices.map((c) => ({ ...c, context: c.context + (c.context && 2), start: c.start + 2 }));
    const tokenizer = fitTokenizer(`👩${words}`, { kind: "char" });
    expect(open(tokenizer, 50, { asked, of: `👩 ${text}` }).note).toBeUndefined();
  });

  it("finds places in a text that comes in stretches", () => {
    const tokenizer = fitTokenizer(words, { kind: "word" });
    const [whole, cut] = [new TokenPlaces(), new TokenPlaces()];
    whole.add({ text, ...tokenizer.encodeWithOffsets(text) });
    for (const piece of [text.slice(0, 12), text.slice(12)]) {
      cut.add({ text: piece, ...tokenizer.encodeWithOffsets(piece) });
    }
    for (let at = 0; at < text.length; at++) expect(cut.tokenAt(at)).toBe(whole.tokenAt(at));
    expect(cut.textFrom(cut.tokenAt(second)!, 8)).toBe("Ann said");
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
