import { describe, expect, it } from "vitest";
import { drawSplit, HELD_OUT, metaOf, wordsOf } from "../../data/tales/generator/corpus.js";
import { expectation } from "../../data/tales/generator/entropy.js";
import { except, fixed, given, one, scope } from "../../data/tales/generator/grammar.js";
import { derivations, textBits } from "../../data/tales/generator/parse.js";
import { Random } from "../../data/tales/generator/random.js";
import { sample } from "../../data/tales/generator/sample.js";
import { STORIES, STORY } from "../../data/tales/generator/stories/index.js";
import { adjectives, thing } from "../../data/tales/generator/words/entries.js";

describe("the expectation of a small grammar, worked out by hand", () => {
  it("weights the options of a choice: H(3/4, 1/4) = 2 - 3/4 log2 3 bits", () => {
    const e = expectation(one([3, "yes"], "no no"));
    expect(e.bits).toBeCloseTo(2 - 0.75 * Math.log2(3), 12);
    expect(e.characters).toBeCloseTo(0.75 * 3 + 0.25 * 5, 12);
    expect(e.words).toBeCloseTo(0.75 * 1 + 0.25 * 2, 12);
  });

  it("follows variables: a pool that depends on another variable, and two different entries of one pool", () => {
    const [cat, dogs] = [thing("cat", adjectives("red")), thing("dogs", adjectives("old blue"), true)];
    const node = scope(
      { x: fixed([cat, dogs]), y: except("x", [cat, dogs]), z: given("x", (e) => e.adjectives!) },
      "{z} {x} and {y}. {^x.it} {x.was} here.",
    );
    // x: 1 bit; y: 0 bits, as one entry is left; z: 0 bits for the cat, 1 bit for the dogs.
    const texts = [
      "red cat and dogs. It was here.",
      "old dogs and cat. They were here.",
      "blue dogs and cat. They were here.",
    ];
    const e = expectation(node);
    expect(e.bits).toBeCloseTo(1.5, 12);
    expect(e.characters).toBeCloseTo(texts[0]!.length / 2 + texts[1]!.length / 4 + texts[2]!.length / 4, 12);
    expect(texts.map((t) => textBits(derivations(node, t)))).toEqual([1, 2, 2]);
  });
});

describe("the parser", () => {
  it("sums the probabilities of a text's two derivations", () => {
    const node = one("a b", [2, "a [b|c]"], "d");
    expect(derivations(node, "a b")).toHaveLength(2);
    expect(textBits(derivations(node, "a b"))).toBeCloseTo(1, 12); // 1/4 + 2/4 * 1/2
    expect(textBits(derivations(node, "e"))).toBe(Infinity);
  });

  it("adds no bits for a variable that the text does not show", () => {
    const node = scope({ x: fixed([thing("cat"), thing("dog")]) }, "hello");
    expect(textBits(derivations(node, "hello"))).toBe(0);
    expect(sample(node, new Random(1)).bits).toBe(1);
  });
});

describe("the floor of the tales", () => {
  const STORIES_DRAWN = 4000;
  const random = new Random(4711);
  const fresh = Array.from({ length: STORIES_DRAWN }, () => sample(STORY, random));
  const exact = expectation(STORY);

  /** Expects the exact mean within 4 standard errors of the sample's (by chance outside for one seed in 16,000). */
  function expectAgreement(values: number[], expected: number): void {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
    const error = Math.sqrt(variance / values.length);
    expect(Math.abs(mean - expected), `mean ${mean}, exact ${expected}, standard error ${error}`).toBeLessThan(
      4 * error,
    );
    expect(error / expected).toBeLessThan(0.005); // otherwise the interval would be too wide to reveal a mistake
  }

  it("equals the mean of -log2 p over newly drawn stories", () => {
    expectAgreement(
      fresh.map((s) => s.bits),
      exact.bits,
    );
  });

  it("uses the mean numbers of characters and words of newly drawn stories", () => {
    expectAgreement(
      fresh.map((s) => s.text.length),
      exact.characters,
    );
    expectAgreement(
      fresh.map((s) => wordsOf(s.text).length),
      exact.words,
    );
  });

  it("agrees with draws of every plot, and combines the plots' floors by the chain rule", () => {
    const total = STORIES.reduce((sum, s) => sum + s.weight, 0);
    let bits = 0;
    for (const story of STORIES) {
      const e = expectation(story.node);
      bits += (story.weight / total) * (e.bits + Math.log2(total / story.weight));
      const drawn = Array.from({ length: 400 }, () => sample(story.node, random).bits);
      const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
      const error = Math.sqrt(drawn.reduce((sum, v) => sum + (v - mean) ** 2, 0) / drawn.length / (drawn.length - 1));
      expect(Math.abs(mean - e.bits), story.name).toBeLessThan(4 * error);
    }
    expect(bits).toBeCloseTo(exact.bits, 9);
  });

  it("is a floor for texts: each held-out story has one derivation, with the probability it was drawn with", () => {
    for (const story of drawSplit(HELD_OUT).stories) {
      const found = derivations(STORY, story.text);
      if (found.length !== 1) expect.fail(`${found.length} derivations: ${story.text}`);
      expect(textBits(found)).toBeCloseTo(story.bits, 9);
    }
  });

  it("leaves room for far more stories than the corpus has: 4,000 draws all differ, each above 30 bits", () => {
    expect(new Set(fresh.map((s) => s.text)).size).toBe(STORIES_DRAWN);
    expect(Math.min(...fresh.map((s) => s.bits))).toBeGreaterThan(30);
  });

  it("is in the meta data, per character, word and story", () => {
    const split = drawSplit(HELD_OUT);
    const { expected, files } = metaOf(split, split);
    const bits = split.stories.reduce((sum, s) => sum + s.bits, 0);
    const floor = files["heldout.txt"]!.floor;
    expect(floor.bitsPerCharacter * split.text.length).toBeCloseTo(bits, 0);
    expect(floor.bitsPerWord * wordsOf(split.text).length).toBeCloseTo(bits, 0);
    expect(expected.bitsPerStory).toBeCloseTo(exact.bits, 5);
    expect(expected.charactersPerStory).toBeCloseTo(exact.characters + 2, 5);
  });
});
