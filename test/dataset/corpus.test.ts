import { createHash } from "node:crypto";
import { appendFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../../src/core/errors.js";
import { openCorpus } from "../../src/dataset/corpus.js";
import type { CorpusOptions } from "../../src/dataset/plan.js";
import type { TokenStore } from "../../src/dataset/tokenStore.js";
import { fitTokenizer, tokenizerKindNames } from "../../src/tokenizers/tokenizers.js";
import { WordTokenizer } from "../../src/tokenizers/word.js";
import { arbitraryText } from "../tokenizers/arbitraryText.js";
import { ByteTokenizer } from "../tokenizers/byteTokenizer.js";
import { folderOf } from "./files.js";

function idsOf(store: TokenStore): number[] {
  const ids = new Int32Array(store.length);
  store.read(0, ids);
  return [...ids];
}

/** Options for a corpus of these files, by name, in a new folder. */
function options(
  files: Record<string, string>,
  more: Partial<CorpusOptions> = {},
): CorpusOptions & { files: string[] } {
  const folder = folderOf(files);
  const paths = Object.keys(files).map((name) => join(folder, name));
  return { tokenizer: { kind: "char" }, contextLength: 1, ...more, files: paths };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const words = (text: string) => text.match(/\p{L}[\p{L}\p{M}]*(?:['’]\p{L}[\p{L}\p{M}]*)*/gu)?.length ?? 0;

describe("openCorpus", () => {
  it("holds the tokens of the text, the last tenth for validation, and counts both", async () => {
    const text = "It's one fine day, é\u{1f600}. ".repeat(50);
    for (const kind of tokenizerKindNames) {
      const corpus = await openCorpus(options({ "a.txt": text }, { tokenizer: { kind } }));
      const ids = [...corpus.tokenizer.encode(text)];
      const cut = Math.floor(ids.length * 0.9);
      expect(idsOf(corpus.train)).toEqual(ids.slice(0, cut));
      expect(idsOf(corpus.validation!)).toEqual(ids.slice(cut));
      for (const [split, part] of [
        ["train", ids.slice(0, cut)],
        ["validation", ids.slice(cut)],
      ] as const) {
        const partText = corpus.tokenizer.decode(part);
        expect(corpus.counts[split]).toEqual({
          tokens: part.length,
          characters: [...partText].length,
          words: words(partText),
        });
      }
      corpus.close();
    }
  });

  it("cuts any text at the same token whether its ids are in memory or a file", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryText, fc.constantFrom(...tokenizerKindNames), async (random, kind) => {
        const text = `a. ${random.replaceAll(/[\0\ufeff]/g, "")} b c d e f g h`;
        const given = options({ "a.txt": text }, { tokenizer: { kind }, valFraction: 0.5 });
        const tokenizer = fitTokenizer(text, { kind });
        const ids = [...tokenizer.encode(text)];
        for (const memoryLimit of [undefined, 1]) {
          const corpus = await openCorpus({ ...given, memoryLimit });
          expect([...idsOf(corpus.train), ...idsOf(corpus.validation!)]).toEqual(ids);
          expect(corpus.train.length).toBe(Math.floor(ids.length / 2));
          const { train, validation } = corpus.counts;
          expect(train.characters + validation!.characters).toBe([...text].length);
          corpus.close();
        }
      }),
      { numRuns: 60 },
    );
  });

  it("counts the text behind unknown tokens, not their name", async () => {
    const tokenizer = new WordTokenizer(["<unk>", " a"]);
    const given = options({ "a.txt": " a zebra a lion" }, { tokenizer, valFraction: 0.5 });
    const corpus = await openCorpus(given);
    expect(idsOf(corpus.train)).toEqual([1, 0]);
    expect(idsOf(corpus.validation!)).toEqual([1, 0]);
    expect(corpus.counts).toEqual({
      train: { tokens: 2, characters: 8, words: 2 },
      validation: { tokens: 2, characters: 7, words: 2 },
    });
  });

  it("joins files in order, a token never reaching from one into the next", async () => {
    const files = { "b.txt": "sun", "a.txt": "day sun\n" };
    const corpus = await openCorpus(options(files, { tokenizer: { kind: "word" }, valFraction: 0 }));
    expect(idsOf(corpus.train).map((id) => corpus.tokenizer.token(id))).toEqual(["sun", "day", " sun", "\n"]);
    expect(corpus.validation).toBeUndefined();
    expect(corpus.counts.validation).toBeUndefined();
    expect(corpus.files).toEqual(
      Object.entries(files).map(([name, text]) => ({
        path: expect.stringMatching(new RegExp(`${name}$`)),
        split: "train",
        bytes: text.length,
        sha256: sha256(text),
      })),
    );
  });

  it("validates on the files given, with a tokenizer fitted to the training files alone", async () => {
    const folder = folderOf({ "train.txt": "abcabc", "val1.txt": "ccc", "val2.txt": "ab" });
    const path = (name: string) => join(folder, name);
    const given: CorpusOptions = {
      files: [path("train.txt")],
      valFiles: [path("val1.txt"), path("val2.txt")],
      tokenizer: { kind: "char" },
      contextLength: 4,
    };
    const corpus = await openCorpus(given);
    expect(corpus.tokenizer.decode(idsOf(corpus.train))).toBe("abcabc");
    expect(corpus.tokenizer.decode(idsOf(corpus.validation!))).toBe("cccab");
    expect(corpus.files.map(({ split }) => split)).toEqual(["train", "validation", "validation"]);
    writeFileSync(path("val2.txt"), "ab\nxd");
    await expect(openCorpus(given)).rejects.toThrow(
      new DataError(
        `${path("val2.txt")}, line 1, column 3: the character "\\n" (U+000A) is not among the tokenizer's 3 tokens: ` +
          "leave it out, or fit the tokenizer to text that has it, or train with --unknown-token",
      ),
    );
    const lenient = await openCorpus({ ...given, tokenizer: { kind: "char", unknownToken: true } });
    expect(lenient.tokenizer.decode(idsOf(lenient.validation!))).toBe("cccab<unk><unk><unk>");
  });

  it("validates on the held-out text of a corpus with a meta.json, unless a share is asked for", async () => {
    const floor = { bitsPerCharacter: 0.75, bitsPerWord: 3 };
    const meta = {
      files: { "tales.txt": {}, "heldout.txt": { sha256: sha256("bab"), floor } },
      heldOut: "heldout.txt",
    };
    const folder = folderOf({ "tales.txt": "aabbabab", "heldout.txt": "bab", "meta.json": JSON.stringify(meta) });
    const heldOut = join(folder, "heldout.txt");
    const given: CorpusOptions = {
      files: [join(folder, "tales.txt")],
      tokenizer: { kind: "char" },
      contextLength: 2,
    };
    const corpus = await openCorpus(given);
    expect(corpus.tokenizer.decode(idsOf(corpus.validation!))).toBe("bab");
    expect([corpus.train.length, corpus.notes]).toEqual([8, []]);
    const share = await openCorpus({ ...given, valFraction: 0.5 });
    expect(share.tokenizer.decode(idsOf(share.validation!))).toBe("abab");
    expect(share.notes).toEqual([]);
    const both = await openCorpus({
      ...given,
      files: [given.files[0]!, heldOut],
      valFraction: undefined,
      contextLength: 1,
    });
    expect([both.train.length, both.validation!.length]).toEqual([9, 2]);
    appendFileSync(heldOut, "a");
    const edited = await openCorpus(given);
    expect(edited.validation!.length).toBe(4);
    expect(edited.notes).toEqual([
      `${heldOut} is not the text that ${join(folder, "meta.json")} describes, so its entropy floor is not used`,
    ]);
  });

  it("names file, line and column of a token that a given tokenizer lacks, chunks into the file", async () => {
    const given = options(
      { "a.txt": `${"one two\n".repeat(40_000)}one two three\n` },
      { tokenizer: new WordTokenizer(["one", " two", "\n"]) },
    );
    await expect(openCorpus(given)).rejects.toThrow(
      new DataError(
        `${given.files[0]}, line 40001, column 9: the word "three" is not among the tokenizer's 3 tokens: ` +
          "leave it out, or fit the tokenizer to text that has it, or train with --unknown-token",
      ),
    );
  });

  it("tells how far it is", async () => {
    const heard: number[][] = [];
    const text = "ab".repeat(100_000);
    const corpus = await openCorpus(options({ "a.txt": text }, { onProgress: (...both) => heard.push(both) }));
    expect(heard.length).toBeGreaterThan(2);
    expect(heard.at(-1)).toEqual([400_000, 400_000]);
    corpus.close();
  });

  it("holds out the end of each text, whatever their order, and for runs begun so that of all joined", async () => {
    const files = { "a.txt": "a".repeat(30) + "b".repeat(10), "b.txt": "c".repeat(15) + "d".repeat(5) };
    const given = options(files, { valFraction: 0.25 });
    const decoded = async (more: Partial<CorpusOptions>) => {
      const { tokenizer, train, validation } = await openCorpus({ ...given, ...more });
      return [train, validation!].map((store) => tokenizer.decode(idsOf(store)));
    };
    const [a, c] = ["a".repeat(30), "c".repeat(15)];
    expect(await decoded({})).toEqual([a + c, "b".repeat(10) + "d".repeat(5)]);
    expect(await decoded({ files: given.files.toReversed() })).toEqual([c + a, "d".repeat(5) + "b".repeat(10)]);
    expect(await decoded({ reading: "joined" })).toEqual([
      files["a.txt"] + "c".repeat(5),
      "c".repeat(10) + "d".repeat(5),
    ]);
  });

  it("takes texts in memory beside files, and reads them as it reads files", async () => {
    const { files } = options({ "a.txt": "abcabcabca" });
    const bytes = Buffer.from("\ufeffcccccccccb");
    const tokenizer = { kind: "char" } as const;
    const corpus = await openCorpus({ files: [files[0]!, { text: bytes }], tokenizer, contextLength: 1 });
    expect(corpus.tokenizer.decode(idsOf(corpus.train))).toBe("abcabcabcccccccccc");
    expect(corpus.tokenizer.decode(idsOf(corpus.validation!))).toBe("ab");
    expect(corpus.files[1]).toEqual({ path: "-", split: "train", bytes: 13, sha256: sha256("\ufeffcccccccccb") });
    const bad = { files: [{ text: "ab\nX", name: "my text" }], tokenizer: corpus.tokenizer, contextLength: 1 };
    await expect(openCorpus(bad)).rejects.toThrow('my text, line 1, column 3: the character "\\n"');
    await expect(openCorpus({ ...bad, files: [{ text: "a\ud83d" }] })).rejects.toThrow(
      new DataError('a text must be whole Unicode characters: got half a surrogate pair, "\\ud83d"'),
    );
    await expect(openCorpus({ ...bad, files: [{ text: "" }] })).rejects.toThrow(
      new DataError('data file must not be empty: got "text", 0 bytes (put some text in it)'),
    );
  });

  it("says of a text that is given twice that it is, and has no text in both splits", async () => {
    const text = "abcdefghij".repeat(4);
    const given = options({ "a.txt": text, "b.txt": text, "c.txt": "hij" });
    const [a, b, c] = given.files as [string, string, string];
    const corpus = await openCorpus({ ...given, files: [a, b, a] });
    expect(corpus.tokenizer.decode(idsOf(corpus.validation!))).toBe("ghij".repeat(3)); // which nothing was trained on
    expect(corpus.notes).toEqual([
      `${b} is the same text as ${a}: it counts twice`,
      `${a} is given more than once: it counts each time`,
    ]);
    const both = { ...given, files: [a, c], valFiles: [b] };
    await expect(openCorpus(both)).rejects.toThrow(
      new DataError(
        `a validation text must not be a training text: got "${b}", which is the same text as "${a}" (leave one out)`,
      ),
    );
    expect((await openCorpus({ ...both, reading: "joined" })).validation!.length).toBe(40); // a run that was begun so goes on
  });

  it("leaves out byte order marks amid a text with a note; for runs begun so it keeps them", async () => {
    const given = options({ "a.txt": "\ufeffab\n\ufeffab\n\ufeffab\n" }, { valFraction: 0 });
    const corpus = await openCorpus(given);
    expect(corpus.tokenizer.decode(idsOf(corpus.train))).toBe("ab\nab\nab\n");
    expect(corpus.notes).toEqual([`${given.files[0]} has 2 byte order marks from line 2 on amid the text: left out`]);
    const before = await openCorpus({ ...given, reading: "joined" });
    expect(before.tokenizer.decode(idsOf(before.train))).toBe("ab\n\ufeffab\n\ufeffab\n");
    expect(before.notes).toEqual([]);
  });

  it("brings texts to NFC where that is asked for, and counts the characters of that", async () => {
    const text = "caf\u00e9 ".repeat(30_000).normalize("NFD"); // beyond one chunk
    const tokenizer = { kind: "word", normalize: "NFC" } as const;
    const corpus = await openCorpus(options({ "a.txt": text }, { tokenizer, valFraction: 0 }));
    expect(corpus.tokenizer.vocabSize).toBe(3); // the first word, the others, and the last space
    expect(corpus.counts.train).toEqual({ tokens: 30_001, characters: 150_000, words: 30_000 });
    corpus.close();
  });

  it("takes a tokenizer whose tokens are parts of characters", async () => {
    const text = "é語\u{1f600}";
    const corpus = await openCorpus(options({ "a.txt": text }, { tokenizer: new ByteTokenizer(), valFraction: 0.4 }));
    expect([...idsOf(corpus.train), ...idsOf(corpus.validation!)]).toEqual([...Buffer.from(text)]);
    expect(corpus.counts.train).toMatchObject({ tokens: 5, characters: 2 });
    expect(corpus.counts.validation).toMatchObject({ tokens: 4, characters: 1 });
  });

  it("takes the first word of a text as the one after a space where only that is known", async () => {
    const given = options({ "a.txt": "fox a fox" }, { tokenizer: new WordTokenizer([" a", " fox"]), valFraction: 0 });
    expect(idsOf((await openCorpus(given)).train)).toEqual([1, 0, 1]);
  });

  it("refuses splits that are too short for the context", async () => {
    const short = options({ "a.txt": "ab".repeat(25) }, { contextLength: 64, valFraction: 0 });
    await expect(openCorpus(short)).rejects.toThrow(
      new DataError(
        "the training text must have at least contextLength + 1 = 65 tokens: got 50 " +
          "(give a longer text or a contextLength of at most 49)",
      ),
    );
    await expect(openCorpus({ ...short, contextLength: 8, valFraction: undefined })).rejects.toThrow(
      new DataError(
        "the validation text must have at least contextLength + 1 = 9 tokens: got 5 " +
          "(give a longer text, a larger valFraction or a contextLength of at most 4)",
      ),
    );
    await expect(openCorpus({ ...short, contextLength: 5, valFraction: undefined })).rejects.toThrow(
      "the validation text must have at least contextLength + 1 = 6 tokens: got 5",
    );
    expect((await openCorpus({ ...short, contextLength: 4, valFraction: undefined })).validation!.length).toBe(5);
    expect((await openCorpus({ ...short, contextLength: 49 })).train.length).toBe(50);
  });

  it("refuses options that break their rules", async () => {
    const given = options({ "a.txt": "abab", "b.txt": "ab" });
    const rejects = (more: Partial<CorpusOptions>, error: Error) =>
      expect(openCorpus({ ...given, ...more })).rejects.toThrow(error);
    await rejects({ files: [] }, new ConfigError("files must name at least one text file: got none"));
    await rejects(
      { valFiles: [] },
      new ConfigError("valFiles must name at least one text file where it is given: got none"),
    );
    for (const valFraction of [-0.1, 0.91, Number.NaN]) {
      await rejects({ valFraction }, new ConfigError(`valFraction must be a number from 0 to 0.9: got ${valFraction}`));
    }
    await rejects(
      { files: [given.files[0]!], valFiles: [given.files[1]!], valFraction: 0.1 },
      new ConfigError("valFraction must not be given beside valFiles: got 0.1 (leave one out)"),
    );
    await rejects({ contextLength: 0 }, new ConfigError("contextLength must be a whole number of at least 1: got 0"));
    await rejects(
      { valFiles: [given.files[1]!] },
      new DataError(`a validation file must not be a training file: got "${given.files[1]}" as both`),
    );
    const link = `${given.files[1]}.link`;
    symlinkSync(given.files[1]!, link);
    await rejects(
      { valFiles: [link] },
      new DataError(`a validation file must not be a training file: got "${link}" as both`),
    );
    await rejects(
      { files: [link], valFiles: [given.files[1]!] },
      new DataError(`a validation file must not be a training file: got "${given.files[1]}" as both`),
    );
    await rejects(
      { files: [given.files[0]!], valFiles: ["nowhere.txt"] },
      new DataError('data file must exist: got "nowhere.txt" (check the path)'),
    );
  });

  it.each([
    ["grows", "ab".repeat(150_001), 1],
    ["shrinks", "ab".repeat(149_999), 1],
    ["is edited", `${"ab".repeat(149_999)}ba`, 1],
    ["grows", "ab".repeat(150_001), 1e9],
  ])("refuses a file that %s between its two readings, and leaves no file of ids", async (_, changed, memoryLimit) => {
    const cacheFolder = folderOf({});
    const given = options({ "a.txt": "ab".repeat(150_000) }, { memoryLimit, cacheFolder });
    let change = () => {
      writeFileSync(given.files[0]!, changed);
      change = () => {};
    };
    const opened = openCorpus({ ...given, onProgress: (done, total) => done > total / 2 && change() });
    await expect(opened).rejects.toThrow(
      new DataError(`data file must stay as it is while it is read: "${given.files[0]}" changed (start again)`),
    );
    expect(readdirSync(cacheFolder)).toEqual([]);
  });

  it("splits a long text at the exact token, chunks into the file", async () => {
    const text = Array.from({ length: 60_000 }, (_, i) => `${i % 977} it's`).join(" ");
    const corpus = await openCorpus(options({ "a.txt": text }, { tokenizer: { kind: "word" }, valFraction: 0.3 }));
    const tokens = text.match(/ ?(?:\p{L}+(?:'\p{L}+)*|\p{N}+)/gu)!;
    const cut = Math.floor(tokens.length * 0.7);
    expect(corpus.tokenizer.decode(idsOf(corpus.validation!))).toBe(tokens.slice(cut).join(""));
    expect(corpus.counts.train.words + corpus.counts.validation!.words).toBe(60_000);
    corpus.close();
  });
});
