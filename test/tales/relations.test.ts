import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Relation } from "../../data/tales/generator/relations.js";
import { BOYS, GIRLS } from "../../data/tales/generator/words/people.js";

const read = (file: string): string => readFileSync(new URL(`../../data/tales/${file}`, import.meta.url), "utf8");
const text = read("heldout.txt");
const relations = read("relations.jsonl")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Relation & { story: number });

const said = ([start, end]: readonly [number, number]): string => text.slice(start, end);
const of = (kind: string): (Relation & { story: number })[] => relations.filter((r) => r.kind === kind);
const lower = (span: readonly [number, number]): string => said(span).toLowerCase();

const NAMES = new Map<string, "she" | "he">([
  ...GIRLS.map((e) => [e.id, "she"] as const),
  ...BOYS.map((e) => [e.id, "he"] as const),
  ...["Grandma", "Mother", "Aunt Rosa"].map((name) => [name, "she"] as const),
  ...["Grandpa", "Father", "Uncle Bert"].map((name) => [name, "he"] as const),
  ...["farmer", "baker", "postman", "gardener", "miller", "sailor", "painter", "librarian"].map(
    (w) => [`the ${w}`, "he"] as const,
  ),
]);
const HE = new Set(["he", "him", "his"]);
const SHE = new Set(["she", "her"]);
const IT = new Set(["it", "its"]);
const THEY = new Set(["they", "them", "their"]);
const PLURAL = /[^s]s$/;

describe("relations.jsonl", () => {
  it("has spans of whole words inside their story", () => {
    const starts = [0, ...[...text.matchAll(/\n\n/g)].map((m) => m.index + 2)];
    for (const r of relations) {
      for (const [start, end] of [r.from, r.to]) {
        expect(start).toBeGreaterThanOrEqual(starts[r.story]!);
        expect(end).toBeLessThan(starts[r.story + 1]!);
        expect(start).toBeLessThan(end);
        if (/\w/.test(text[start - 1] ?? " ") || /\w/.test(text[end] ?? " "))
          expect.fail(`cuts a word: ${said([start - 3, end + 3])}`);
      }
    }
  });

  it("has relations of every kind", () => {
    expect([...new Set(relations.map((r) => r.kind))].sort()).toEqual([
      "adjective",
      "agreement",
      "meaning",
      "object",
      "pronoun",
      "speaker",
    ]);
  });

  it("links every pronoun to an earlier name or noun of the right gender and number", () => {
    const pronouns = of("pronoun");
    const covered = new Set(pronouns.map((r) => r.from[0]));
    for (const m of text.matchAll(/\b(he|him|his|she|her|it|its|they|them|their)\b/gi)) {
      if (!covered.has(m.index)) expect.fail(`no name for "${m[0]}" in ...${text.slice(m.index - 60, m.index + 20)}`);
    }
    const names = new Map<number, string[]>();
    for (const r of pronouns) {
      expect(r.to[1]).toBeLessThanOrEqual(r.from[0]);
      const [word, name] = [lower(r.from), said(r.to)];
      if (HE.has(word)) expect(NAMES.get(name), name).toBe("he");
      else if (SHE.has(word)) expect(NAMES.get(name), name).toBe("she");
      else if (IT.has(word)) expect(NAMES.has(name), name).toBe(false);
      else expect(THEY.has(word), word).toBe(true);
      names.set(r.from[0], [...(names.get(r.from[0]) ?? []), name]);
    }
    for (const r of pronouns.filter((p) => THEY.has(lower(p.from)))) {
      const meant = names.get(r.from[0])!;
      if (meant.length === 2) expect(meant.every((n) => NAMES.has(n)) && meant[0] !== meant[1]).toBe(true);
      else expect(meant[0]).toMatch(PLURAL);
    }
  });

  it("links he and she to the last person of that gender who was named", () => {
    const name = new RegExp(`\\b(${[...NAMES.keys()].join("|")})\\b`, "g");
    for (const r of of("pronoun")) {
      const gender = HE.has(lower(r.from)) ? "he" : SHE.has(lower(r.from)) ? "she" : undefined;
      if (!gender) continue;
      const storyStart = text.lastIndexOf("\n\n", r.from[0]) + 2;
      const before = [...text.slice(Math.max(0, storyStart), r.from[0]).matchAll(name)].filter(
        (m) => NAMES.get(m[0]) === gender,
      );
      if (before.at(-1)?.[0] !== said(r.to))
        expect.fail(`${said(r.from)} is ${said(r.to)}: ${text.slice(storyStart, r.from[1])}`);
    }
  });

  it("has the meaning of every ambiguous word, and each word has at least two meanings", () => {
    const senses = new Map<string, Set<string>>();
    for (const r of of("meaning")) {
      senses.set(said(r.from), (senses.get(said(r.from)) ?? new Set()).add(r.sense!));
      expect(said(r.to)).not.toBe(said(r.from));
    }
    expect(senses.size).toBeGreaterThanOrEqual(8);
    for (const [word, found] of senses) expect(found.size, word).toBeGreaterThanOrEqual(2);
    const covered = new Set(of("meaning").map((r) => r.from[0]));
    for (const m of text.matchAll(new RegExp(`\\b(${[...senses.keys()].join("|")})s?\\b`, "g"))) {
      if (!covered.has(m.index)) expect.fail(`nothing settles "${m[0]}" in ${text.slice(m.index - 60, m.index + 20)}`);
    }
  });

  it("links an adjective to the noun right after it, with only adjectives in between", () => {
    const spans = new Map(of("adjective").map((r) => [r.from[0], r]));
    for (const r of of("adjective")) {
      for (let at = r.from[1] + 1; at !== r.to[0]; ) {
        const next = spans.get(at);
        if (!next) expect.fail(`"${said([r.from[0], r.to[1]])}"`);
        expect(next.to).toEqual(r.to);
        at = next.from[1] + 1;
      }
      expect(said(r.from)).toMatch(/^[A-Za-z][a-z]*$/);
      expect(said(r.to)).toMatch(/^[A-Za-z]+( [a-z]+)?$/);
    }
  });

  it("links a verb to a subject of the same number, singular and plural, also across another noun", () => {
    const many = new Set(["were", "are", "have", "look"]);
    const found = { one: 0, many: 0, far: 0 };
    for (const r of of("agreement")) {
      const subject = lower(r.to);
      expect(PLURAL.test(subject) || THEY.has(subject), `${subject} ${said(r.from)}`).toBe(many.has(said(r.from)));
      found[many.has(said(r.from)) ? "many" : "one"]++;
      if (said([r.to[1], r.from[0]]).trim().split(" ").length >= 4) found.far++;
    }
    expect(Math.min(found.one, found.many, found.far)).toBeGreaterThanOrEqual(10);
  });

  it("links a later mention of a thing to its first mention, in the same words", () => {
    for (const r of of("object")) {
      expect(said(r.to)).toBe(said(r.from));
      const storyStart = text.lastIndexOf("\n\n", r.from[0]) + 2;
      expect(r.to[0] < r.from[0] && r.to[0] >= storyStart - 1).toBe(true);
    }
  });

  it("links every quotation to one speaker, a person named close to it", () => {
    const quotes = [...text.matchAll(/"[^"]*"/g)];
    expect(of("speaker").map((r) => r.from)).toEqual(quotes.map((q) => [q.index, q.index + q[0].length]));
    for (const r of of("speaker")) {
      expect(NAMES.has(said(r.to)), said(r.to)).toBe(true);
      const gap = r.to[0] > r.from[0] ? r.to[0] - r.from[1] : r.from[0] - r.to[1];
      expect(gap).toBeLessThan(20);
    }
  });
});
