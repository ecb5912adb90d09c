import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Choice } from "../../data/tales/generator/choices.js";
import { wordsOf } from "../../data/tales/generator/corpus.js";
import { fixed, one, scope } from "../../data/tales/generator/grammar.js";
import { otherWords } from "../../data/tales/generator/otherWords.js";
import { explore } from "../../data/tales/generator/parse.js";
import type { Relation } from "../../data/tales/generator/relations.js";
import { STORY } from "../../data/tales/generator/stories/index.js";
import { thing } from "../../data/tales/generator/words/entries.js";
import { CHILDREN, GIRLS } from "../../data/tales/generator/words/people.js";
import { slow } from "../support/slow.js";

const read = (file: string): string => readFileSync(new URL(`../../data/tales/${file}`, import.meta.url), "utf8");
const text = read("heldout.txt");
const choices = read("choices.jsonl")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Choice);
const of = (kind: string): Choice[] => choices.filter((c) => c.kind === kind);
const before = ({ context, start }: Choice): string => text.slice(context, start);
const show = (c: Choice): string => `${before(c)}[${c.right}|${c.wrong}]`;

/** Whether the grammar can begin a story with this text. */
function canSay(start: string): boolean {
  let can = false;
  explore(STORY, {
    start: 0,
    say: (said, at) => {
      if (can) return undefined;
      const both = Math.min(said.length, start.length - at);
      if (said.slice(0, both) !== start.slice(at, at + both)) return undefined;
      can = at + both === start.length;
      return at + both;
    },
  });
  return can;
}

describe("choices.jsonl", () => {
  it("has whole words of the text, the start of their story, and one to three wrong words", () => {
    const begins = new Set([0, ...[...text.matchAll(/\n\n/g)].map((m) => m.index + 2)]);
    for (const c of choices) {
      expect(begins).toContain(c.context);
      expect(before(c)).not.toContain("\n\n");
      expect(text.slice(c.start - 1)).toMatch(new RegExp(`^[ "]${c.right}[^A-Za-z]`));
      expect(c.wrong.length).toBeGreaterThanOrEqual(1);
      expect(c.wrong.length).toBeLessThanOrEqual(3);
      expect(new Set([c.right, ...c.wrong]).size).toBe(c.wrong.length + 1);
    }
    expect(choices.map((c) => c.start)).toEqual(choices.map((c) => c.start).sort((a, b) => a - b));
  });

  it("has from 80 to 300 places of each kind, spread over the whole text", () => {
    const kinds = new Set(choices.map((c) => c.kind));
    expect([...kinds].sort()).toEqual(["adjective", "binding", "name", "number", "object", "pronoun", "sense"]);
    for (const kind of kinds) {
      const places = of(kind);
      expect(places.length).toBeGreaterThanOrEqual(80);
      expect(places.length).toBeLessThanOrEqual(300);
      const tenths = new Set(places.map((c) => Math.floor((10 * c.start) / text.length)));
      expect(tenths.size, kind).toBeGreaterThanOrEqual(9);
    }
  });

  it("has right words that the grammar can say there, and wrong words that it can't", () => {
    for (const [i, c] of choices.entries()) {
      if (!slow && i % 30 !== 0) continue;
      if (!canSay(before(c) + c.right)) expect.fail(`not sayable: ${show(c)}`);
      // Followed by what may end a word, so that "he" does not match the beginning of "hedgehog".
      for (const word of c.wrong)
        for (const end of [" ", ",", ".", '"', "'", "?", "!"])
          if (canSay(before(c) + word + end)) expect.fail(`sayable: ${word} in ${show(c)}`);
    }
  });

  it("has only wrong words that occur in the training part", () => {
    const seen = new Set(wordsOf(read("tales.txt")));
    expect(choices.flatMap((c) => c.wrong).filter((word) => !seen.has(word))).toEqual([]);
  });

  it("has pronouns that agree with the person given by relations.jsonl, and wrong ones of the other gender", () => {
    const women = new Set([...GIRLS.map((e) => e.id), "Grandma", "Mother", "Aunt Rosa"]);
    const meant = new Map(
      read("relations.jsonl")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Relation)
        .filter((r) => r.kind === "pronoun")
        .map((r) => [r.from[0], text.slice(...r.to)]),
    );
    const she = ["she", "her"];
    const he = ["he", "him", "his"];
    for (const c of of("pronoun")) {
      const [own, other] = women.has(meant.get(c.start)!) ? [she, he] : [he, she];
      expect(own, show(c)).toContain(c.right.toLowerCase());
      for (const word of c.wrong) expect(other, show(c)).toContain(word.toLowerCase());
    }
  });

  it("has the other number of the same word as the wrong word", () => {
    const many: Record<string, string> = {
      was: "were",
      is: "are",
      has: "have",
      looks: "look",
      it: "they",
      its: "their",
    };
    const pairs = new Set(
      Object.entries(many)
        .flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`])
        .concat(["it them", "them it"]),
    );
    for (const c of of("number")) expect(pairs).toContain(`${c.right} ${c.wrong}`.toLowerCase());
  });

  it("has right names, things and adjectives from the story so far, and wrong names that are not in it", () => {
    for (const c of [...of("name"), ...of("object"), ...of("adjective")]) {
      const said = new Set(
        before(c)
          .toLowerCase()
          .match(/[a-z]+/g),
      );
      expect(said.has(c.right.toLowerCase()), show(c)).toBe(true);
      if (c.kind === "name") expect(c.wrong.filter((word) => said.has(word.toLowerCase()))).toEqual([]);
    }
  });

  it("has right and wrong words of bindings that all occur earlier in the story", () => {
    for (const c of of("binding")) {
      const said = new Set(
        before(c)
          .toLowerCase()
          .match(/[a-z]+/g),
      );
      expect(
        [c.right, ...c.wrong].every((word) => said.has(word.toLowerCase())),
        show(c),
      ).toBe(true);
    }
  });

  it("has senses only in stories about a word with several meanings, and no names among the words", () => {
    for (const c of of("sense")) {
      const end = text.indexOf("\n\n", c.start);
      expect(text.slice(c.context, end)).toMatch(/\b(bank|bark|bat|crane|lock|ring|seal|spring|trunk|wave)\b/);
      const people = /^(Grandma|Grandpa|Mother|Father|Aunt|Uncle)$/;
      for (const word of [c.right, ...c.wrong])
        expect(people.test(word) || CHILDREN.some((child) => child.id === word), show(c)).toBe(false); // names decide nothing
    }
  });
});

describe("otherWords, on small grammars", () => {
  const others = (...args: Parameters<typeof otherWords>) =>
    Object.fromEntries([...otherWords(...args)].map(([at, words]) => [at, [...words].sort()]));

  it("finds the words of other choices: whole words only, and never punctuation", () => {
    const node = one('a cat [sat|slept|sat, "oh"]', "a dog [sat]", "an owl sat", "a ca[r|rt] ran");
    expect(others(node, "a cat sat")).toEqual({ 0: ["an"], 2: ["car", "cart", "dog"], 6: ["slept"] });
    expect(others(node, "an owl sat")).toEqual({ 0: ["a"] });
  });

  it("keeps the entry of a variable: later words agree with the words before", () => {
    const node = scope(
      { x: fixed([thing("cat"), thing("dog"), thing("hens", [], true)]) },
      "The {x} {x.was} [red|a {x}].",
    );
    expect(others(node, "The cat was red.")).toEqual({ 4: ["dog", "hens"], 12: ["a"] });
    expect(others(node, "The hens were a hens.")).toEqual({ 4: ["cat", "dog"], 14: ["red"] });
  });
});
