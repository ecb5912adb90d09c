/**
 * The whole corpus in memory: texts, relations and numbers. `generate.ts` writes it, and the tests compare the files
 * with it.
 */
import { createHash } from "node:crypto";
import { expectation } from "./entropy.js";
import { Random } from "./random.js";
import { type Relation, relationsOf } from "./relations.js";
import { type Sample, sample } from "./sample.js";
import { STORY } from "./stories/index.js";

/** Every story ends with this, including the last. */
export const SEPARATOR = "\n\n";

/** A word, for the counts and for bits per word. */
export const WORD = /[A-Za-z]+(?:'[A-Za-z]+)*/g;

export const wordsOf = (text: string): string[] => text.match(WORD) ?? [];

export interface SplitPlan {
  split: "train" | "heldout";
  file: string;
  seed: number;
  stories: number;
  /** The file with its choices. */
  choices?: string;
  /** The file with its relations. */
  relations?: string;
}

export const TRAIN: SplitPlan = { split: "train", file: "tales.txt", seed: 20250, stories: 2750 };
export const HELD_OUT: SplitPlan = {
  split: "heldout",
  file: "heldout.txt",
  seed: 77003,
  stories: 290,
  choices: "choices.jsonl",
  relations: "relations.jsonl",
};

/** A split: its stories, their texts joined, and the offset at which each story begins. */
export interface Split {
  plan: SplitPlan;
  stories: Sample[];
  text: string;
  starts: number[];
}

/** The bits of the best possible model, on a given text or expected. */
export interface Floor {
  bitsPerCharacter: number;
  bitsPerWord: number;
  bitsPerStory: number;
}

/** A file's entry in `meta.json`. */
export interface FileMeta {
  split: string;
  seed: number;
  sha256: string;
  bytes: number;
  characters: number;
  words: number;
  stories: number;
  floor: Floor;
  /** The file with the words that the grammar determines. */
  choices?: string;
  /** The file with the words that belong together. */
  relations?: string;
}

/** `meta.json`. */
export interface Meta {
  name: string;
  seed: number;
  files: Record<string, FileMeta>;
  heldOut: string;
  /** Exact, from the grammar. Characters include the separator. */
  expected: Floor & { charactersPerStory: number; wordsPerStory: number };
  /** The number of distinct words (in lower case) and characters in both parts. */
  vocabulary: { words: number; characters: number };
}

/**
 * Draws a split. A story in `taken` is replaced by another draw, so that no held-out story is in the training part. As
 * every plot has more than 2^30 stories, this hardly ever happens and does not change the floor.
 */
export function drawSplit(plan: SplitPlan, taken: ReadonlySet<string> = new Set()): Split {
  const random = new Random(plan.seed);
  const stories: Sample[] = [];
  while (stories.length < plan.stories) {
    const story = sample(STORY, random);
    if (!taken.has(story.text)) stories.push(story);
  }
  const starts: number[] = [];
  let text = "";
  for (const story of stories) {
    starts.push(text.length);
    text += story.text + SEPARATOR;
  }
  return { plan, stories, text, starts };
}

export function drawCorpus(): { train: Split; heldOut: Split } {
  const train = drawSplit(TRAIN);
  return { train, heldOut: drawSplit(HELD_OUT, new Set(train.stories.map((s) => s.text))) };
}

/** The relations of a split, one per line as JSON, with offsets into its text. */
export function relationLines(split: Split): string {
  const shift = (at: number, r: Relation): object => ({
    kind: r.kind,
    from: [r.from[0] + at, r.from[1] + at],
    to: [r.to[0] + at, r.to[1] + at],
    ...(r.sense === undefined ? {} : { sense: r.sense }),
  });
  return split.stories
    .flatMap((story, i) =>
      relationsOf(story).map((r) => `${JSON.stringify({ story: i, ...shift(split.starts[i]!, r) })}\n`),
    )
    .join("");
}

/**
 * Rounds to six decimals: more than enough, and it hides differences between platforms in the last bits of a logarithm.
 */
const round = (x: number): number => Number(x.toFixed(6));

/** The floor of a split: the mean of `-log2 p(story)` over exactly its stories. */
function describe(split: Split): FileMeta {
  const bits = split.stories.reduce((sum, s) => sum + s.bits, 0);
  const words = wordsOf(split.text).length;
  const floor: Floor = {
    bitsPerCharacter: round(bits / split.text.length),
    bitsPerWord: round(bits / words),
    bitsPerStory: round(bits / split.stories.length),
  };
  return {
    split: split.plan.split,
    seed: split.plan.seed,
    sha256: createHash("sha256").update(split.text).digest("hex"),
    bytes: Buffer.byteLength(split.text),
    characters: split.text.length,
    words,
    stories: split.stories.length,
    floor,
    ...(split.plan.choices && { choices: split.plan.choices }),
    ...(split.plan.relations && { relations: split.plan.relations }),
  };
}

/** The content of `meta.json`. */
export function metaOf(train: Split, heldOut: Split): Meta {
  const { bits, characters, words } = expectation(STORY);
  const text = train.text + heldOut.text;
  return {
    name: "tales",
    seed: train.plan.seed,
    files: { [train.plan.file]: describe(train), [heldOut.plan.file]: describe(heldOut) },
    heldOut: heldOut.plan.file,
    expected: {
      bitsPerCharacter: round(bits / (characters + SEPARATOR.length)),
      bitsPerWord: round(bits / words),
      bitsPerStory: round(bits),
      charactersPerStory: round(characters + SEPARATOR.length),
      wordsPerStory: round(words),
    },
    vocabulary: { words: new Set(wordsOf(text.toLowerCase())).size, characters: new Set(text).size },
  };
}
