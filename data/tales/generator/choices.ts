/**
 * The places where the grammar determines a word: the right word, and wrong ones that could stand there only in another
 * story. A model that has understood the story so far finds the right word likelier than the wrong ones.
 */
import type { Split } from "./corpus.js";
import type { Entry } from "./nodes.js";
import { beginnings, otherWords, wordAt } from "./otherWords.js";
import { Random } from "./random.js";
import { featureOf, type RefEvent, type Sample } from "./sample.js";
import { STORY } from "./stories/index.js";
import { person, thing } from "./words/entries.js";

/** The kind of word that is determined; `README.md` explains each kind. */
export type ChoiceKind = "pronoun" | "number" | "sense" | "name" | "object" | "adjective" | "binding";

/** A place where a word is determined. Offsets count characters. */
export interface Choice {
  kind: ChoiceKind;
  /** Where the story begins. */
  context: number;
  /** Where the word begins. */
  start: number;
  right: string;
  /** From one word to {@link MOST_WRONG} words. */
  wrong: string[];
}

/** The most wrong words per place. */
export const MOST_WRONG = 3;

/** The most places per kind. */
export const MOST_PLACES = 300;

const SEED = 5081;

const GENDERS = [person("she", "girl"), person("he", "boy")];
const NUMBERS = [thing("one"), thing("many", [], true)] as const;
const KINDS = { person: "name", thing: "object", adjective: "adjective" } as const;

type Place = Omit<Choice, "context">;

/**
 * The choices of a split, one per line as JSON: at most {@link MOST_PLACES} of each kind, evenly spread over the
 * stories. `seen` has the words of the training part; a wrong word that is not among them is left out, as a model may
 * not know it.
 */
export function choiceLines(split: Split, seen: ReadonlySet<string>): string {
  const random = new Random(SEED);
  const all = split.stories.flatMap((story, i): Choice[] => {
    const context = split.starts[i]!;
    return choicesOf(story, { random, seen }).map(({ kind, start, ...words }) => ({
      kind,
      context,
      start: start + context,
      ...words,
    }));
  });
  const kinds = new Set(all.map(({ kind }) => kind));
  const kept = new Set([...kinds].flatMap((kind) => spread(all.filter((c) => c.kind === kind))));
  return all
    .filter((choice) => kept.has(choice))
    .map((choice) => `${JSON.stringify(choice)}\n`)
    .join("");
}

function spread<T>(items: readonly T[]): T[] {
  const count = Math.min(items.length, MOST_PLACES);
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}

/** Every choice of a story, in order. */
export function choicesOf(story: Sample, { random, seen }: { random: Random; seen: ReadonlySet<string> }): Place[] {
  const refs = story.events.filter((e): e is RefEvent => e.is === "ref").sort((a, b) => a.start - b.start);
  const possible = otherWords(STORY, story.text);
  return refs
    .flatMap((ref) => candidates(story.text, ref, refs))
    .sort((a, b) => a.start - b.start)
    .flatMap(({ wrong, ...place }) => {
      const { start, right } = place;
      if (right !== wordAt(story.text, start)) return []; // more than one word
      const impossible = [...new Set(wrong)].filter(
        (w) => ONE_WORD.test(w) && w !== right && !possible.get(start)?.has(w) && seen.has(w),
      );
      return impossible.length > 0 ? [{ ...place, wrong: drawSome(impossible, MOST_WRONG, random) }] : [];
    });
}

/**
 * Candidates for wrong words at a reference: what it would say if its variable had another entry. Some may be possible.
 */
function candidates(text: string, ref: RefEvent, refs: readonly RefEvent[]): Place[] {
  const { start, name, feature, entry, among } = ref;
  const right = text.slice(start, ref.end);
  const says = (e: Entry): string => wordOf(e, feature);
  if (isMention(ref) && entry.role !== "case") {
    const before = refs.filter((r) => r.start < start && isMention(r) && r.entry.role === entry.role);
    if (!before.some((r) => r.name === name)) return [];
    const others = before.map((r) => says(r.entry));
    const absent = among.map(says).filter((word) => !others.includes(word));
    return [
      { kind: KINDS[entry.role], start, right, wrong: absent },
      { kind: "binding", start, right, wrong: others },
    ];
  }
  if (entry.role === "person") return [{ kind: "pronoun", start, right, wrong: GENDERS.map(says) }];
  if (NUMBERS[0].features.has(feature)) {
    const eitherNumber = among.some((e) => e.plural) && among.some((e) => !e.plural);
    return eitherNumber ? [{ kind: "number", start, right, wrong: NUMBERS.map(says) }] : [];
  }
  return entry.sense === undefined ? [] : senseChoices(right, ref);
}

/**
 * For a text that fits one meaning: its first word, and the first words that other meanings would give. First words
 * that several meanings share decide nothing, and neither do names.
 */
function senseChoices(text: string, { start, name, feature, entry, among, env }: RefEvent): Place[] {
  const quote = text.startsWith('"') ? '"' : "";
  const right = wordAt(text, quote.length);
  const people = [...env.values()].filter((e) => e.role === "person").map((e) => wordAt(wordOf(e, ""), 0));
  const others = among
    .filter((e) => e !== entry)
    .flatMap((e) => [...beginnings(featureOf(e, name, feature), new Map(env).set(name, e))])
    .filter((beginning) => beginning.startsWith('"') === (quote !== ""))
    .map((beginning) => beginning.slice(quote.length));
  if (others.includes(right) || people.includes(right)) return [];
  const wrong = others.filter((word) => !people.includes(word));
  return [{ kind: "sense", start: start + quote.length, right, wrong }];
}

const ONE_WORD = /^[A-Za-z]+$/;

const isMention = ({ feature }: RefEvent): boolean => feature === "" || feature === "^";

/** The text of an entry's feature, which must be a single word. */
function wordOf(entry: Entry, feature: string): string {
  const node = featureOf(entry, entry.id, feature);
  if (node.kind !== "text") throw new Error(`"${entry.id}" says more than a word for ${feature}`);
  return node.text;
}

/** `count` of the words, or all of them if there are fewer, in random order. */
function drawSome(words: readonly string[], count: number, random: Random): string[] {
  const left = [...words];
  const drawn: string[] = [];
  while (drawn.length < count && left.length > 0) drawn.push(...left.splice(random.below(left.length), 1));
  return drawn;
}
