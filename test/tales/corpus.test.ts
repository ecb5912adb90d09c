import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { choiceLines } from "../../data/tales/generator/choices.js";
import { drawCorpus, metaOf, relationLines, wordsOf } from "../../data/tales/generator/corpus.js";
import { withNumbers } from "../../data/tales/generator/readme.js";

const read = (file: string): string => readFileSync(new URL(`../../data/tales/${file}`, import.meta.url), "utf8");
const { train, heldOut } = drawCorpus();

/** The number of sentences in a story. A quotation that ends a sentence counts as its last punctuation mark. */
function sentences(story: string): number {
  const bare = story.replace(/"[^"]*?([.!?,]?)"(?=(.?.?))/g, (_, sign: string, next: string) =>
    /^( [A-Z])?$/.test(next) ? sign : "",
  );
  return bare.match(/[.!?](?= |$)/g)?.length ?? 0;
}

describe("the files of data/tales", () => {
  it("equal the generator's output, byte for byte", () => {
    const meta = metaOf(train, heldOut);
    const relations = relationLines(heldOut);
    expect(JSON.parse(read("meta.json"))).toEqual(meta);
    expect(read("tales.txt") === train.text).toBe(true);
    expect(read("heldout.txt") === heldOut.text).toBe(true);
    expect(read("relations.jsonl") === relations).toBe(true);
    const choices = choiceLines(heldOut, new Set(wordsOf(train.text)));
    expect(read("choices.jsonl") === choices).toBe(true);
    expect(withNumbers(read("README.md"), { meta, relations, choices })).toBe(read("README.md"));
  });

  it("have known hashes, so that the text can't change by accident", () => {
    const { files } = metaOf(train, heldOut);
    expect(files["tales.txt"]?.sha256).toBe("29ce8a1792f4fa674530987af42bf0f63098e352bb947e08caafd49b035df991");
    expect(files["heldout.txt"]?.sha256).toBe("2266061365688f5a3caa597e0001c67d5dfd6f7d44f6944effb8adf513746da3");
  });
});

describe("the stories", () => {
  const all = [...train.stories, ...heldOut.stories].map((s) => s.text);

  it("have three to seven sentences and no remains of the template language", () => {
    for (const story of all) {
      const n = sentences(story);
      if (n < 3 || n > 7) expect.fail(`${n} sentences: ${story}`);
      if (!/^[A-Z"][A-Za-z ,.!?:'"]+[.!?]"?$/.test(story)) expect.fail(`odd characters: ${story}`);
      if (/ {2}| [,.!?]|[,.!?]{2}| $/.test(story)) expect.fail(`odd spacing: ${story}`);
      if ((story.match(/"/g)?.length ?? 0) % 2 !== 0) expect.fail(`an open quotation: ${story}`);
    }
  });

  it("use a and an correctly, begin sentences with capitals, and repeat no word", () => {
    for (const story of all) {
      if (/\ba [aeiou]|\ban [^aeiou]/i.test(story)) expect.fail(`article: ${story}`);
      if (/[.!?]"? [a-z]/.test(story.replace(/[!?]" [a-z]/g, ""))) expect.fail(`capital: ${story}`);
      if (/\b([a-z]+) \1\b/i.test(story.replace(/thought and thought/, ""))) expect.fail(`word twice: ${story}`);
    }
  });

  it("are all different, within each part and between the parts", () => {
    expect(new Set(all).size).toBe(all.length);
  });

  it("use at least 350 different words, in one to two megabytes of text and a tenth of that held out", () => {
    const meta = metaOf(train, heldOut);
    expect(new Set(wordsOf(train.text.toLowerCase())).size).toBeGreaterThanOrEqual(350);
    expect(meta.files["tales.txt"]!.bytes).toBeGreaterThan(1_000_000);
    expect(meta.files["tales.txt"]!.bytes).toBeLessThan(2_000_000);
    expect(heldOut.text.length / train.text.length).toBeCloseTo(0.1, 1);
  });

  it("have no held-out word that does not occur in the training part, so that word tokenizers know them all", () => {
    const seen = new Set(wordsOf(train.text));
    expect(wordsOf(heldOut.text).filter((w) => !seen.has(w))).toEqual([]);
  });
});
