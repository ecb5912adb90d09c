/** The whole corpus in memory: the texts, their relations and their numbers. `generate.ts` writes it, the tests compare it. */
import { createHash } from "node:crypto";
import { expectation } from "./entropy.js";
import { Random } from "./random.js";
import { type Relation, relationsOf } from "./relations.js";
import { type Sample, sample } from "./sample.js";
import { STORY } from "./stories/index.js";

/** Every story ends with this, the last one too. */
export const SEPARATOR = "\n\n";

/** A word, for the counts and for bits per word. */
export const WORD = /[A-Za-z]+(?:'[A-Za-z]+)*/g;

export const wordsOf = (text: string): string[] => text.match(WORD) ?? [];

export interface SplitPlan {
  split: "train" | "heldout";
  file: string;
  seed: number;
  stories: number;
  /** The file of its choices. */
  choices?: string;
}

export const TRAIN: SplitPlan = { split: "train", file: "tales.txt", seed: 20250, stories: 2750 };
export const HELD_OUT: SplitPlan = {
  split: "heldout",
  file: "heldout.txt",
  seed: 77003,
  stories: 290,
  choices: "choices.jsonl",
};

/** A split: its stories, one text, and where each story begins in it. */
export interface Split {
  plan: SplitPlan;
  stories: Sample[];
  text: string;
  starts: number[];
}

/** Bits of the best possible model: on a text, or expected. */
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
  /** The file that says which words the grammar decides. */
  choices?: string;
}

/** `meta.json`. */
export interface Meta {
  name: string;
  seed: number;
  files: Record<string, FileMeta>;
  heldOut: string;
  /** Exact, from the grammar. Characters count the separator. */
  expected: Floor & { charactersPerStory: number; wordsPerStory: number };
  /** Different words (small letters) and characters of both parts. */
  vocabulary: { words: number; characters: number };
}

/**
 * Draws a split. A story in `taken` is drawn again, so that no held-out story stands in the training part. With more than
 * 2^30 stories to each plot this hardly ever happens, and does not move the floor.
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

/** The relations of a split, offsets into its text; one line of JSON each. */
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

/** Six digits: more than enough, and the last bits of a platform's logarithm don't show. */
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
  };
}

/** What `meta.json` holds. */
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
