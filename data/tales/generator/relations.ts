/**
 * Finds the words of a story that belong together, from what the sampler recorded. Nothing is guessed from the text.
 */
import type { Event, Sample } from "./sample.js";

export type Kind = "pronoun" | "meaning" | "adjective" | "agreement" | "object" | "speaker";
export type Span = readonly [start: number, end: number];

/** `from` depends on `to`. Offsets count characters; the end is exclusive. */
export interface Relation {
  kind: Kind;
  from: Span;
  to: Span;
  /** For `meaning`: which meaning. */
  sense?: string;
}

const PRONOUNS = new Set(["he", "him", "his", "it", "them", "its"]);
const VERBS = new Set(["was", "is", "has", "looks"]);

type Ref = Extract<Event, { is: "ref" }>;
type Marked = Extract<Event, { is: "mark" }>;

const span = (e: { start: number; end: number }): Span => [e.start, e.end];
const plain = (feature: string): string => feature.replace("^", "");
const isMention = (e: Ref): boolean =>
  plain(e.feature) === "" && (e.entry.role === "person" || e.entry.role === "thing");

/** All relations of a story, ordered by `from`. */
export function relationsOf(story: Sample): Relation[] {
  const refs = story.events
    .filter((e): e is Ref => e.is === "ref" && e.entry.role !== "case")
    .sort((a, b) => a.start - b.start);
  const marks = story.events.filter((e): e is Marked => e.is === "mark").sort((a, b) => a.start - b.start);
  const mentions = refs.filter(isMention);
  const found = [
    ...pronouns(refs, marks, mentions),
    ...agreements(refs),
    ...objects(mentions),
    ...adjectiveNouns(story.text, refs, marks, mentions),
    ...meanings(mentions, marks),
    ...speakers(story.text, mentions),
  ];
  return found.sort((a, b) => a.from[0] - b.from[0] || a.to[0] - b.to[0]);
}

/** The last mention of a variable before an offset. */
function lastMention(mentions: readonly Ref[], name: string, before: number): Ref {
  const found = mentions.filter((m) => m.name === name && m.start < before).at(-1);
  if (!found) throw new Error(`a pronoun for {${name}} comes before its name`);
  return found;
}

function pronouns(refs: readonly Ref[], marks: readonly Marked[], mentions: readonly Ref[]): Relation[] {
  const single = refs
    .filter((e) => PRONOUNS.has(plain(e.feature)))
    .map((e): Relation => ({ kind: "pronoun", from: span(e), to: span(lastMention(mentions, e.name, e.start)) }));
  const pairs = marks.flatMap((e) => {
    if (e.mark.is !== "pronoun") return [];
    return e.mark.names.map(
      (name): Relation => ({ kind: "pronoun", from: span(e), to: span(lastMention(mentions, name, e.start)) }),
    );
  });
  return [...single, ...pairs];
}

/** A verb agrees with the last noun or pronoun for the same thing. */
function agreements(refs: readonly Ref[]): Relation[] {
  return refs.flatMap((verb) => {
    if (!VERBS.has(plain(verb.feature))) return [];
    const before = refs.filter((e) => e.name === verb.name && e.start < verb.start);
    const subject = before.filter((e) => isMention(e) || PRONOUNS.has(plain(e.feature))).at(-1);
    if (!subject) throw new Error(`a verb of {${verb.name}} comes before its subject`);
    return [{ kind: "agreement", from: span(verb), to: span(subject) }];
  });
}

function objects(mentions: readonly Ref[]): Relation[] {
  return mentions.flatMap((e) => {
    if (e.entry.role !== "thing") return [];
    const first = mentions.find((m) => m.name === e.name)!;
    return first === e ? [] : [{ kind: "object", from: span(e), to: span(first) }];
  });
}

/** An adjective belongs to the noun after it; only other adjectives may come between them. */
function adjectiveNouns(
  text: string,
  refs: readonly Ref[],
  marks: readonly Marked[],
  mentions: readonly Ref[],
): Relation[] {
  const isAdjective = (e: Event): boolean =>
    e.is === "ref" ? e.entry.role === "adjective" && plain(e.feature) === "" : e.mark.is === "adjective";
  const all = [...refs, ...marks].filter(isAdjective);
  return all.map((e) => {
    let at = e.end + 1;
    for (let next = all.find((a) => a.start === at); next; next = all.find((a) => a.start === at)) at = next.end + 1;
    const noun = mentions.find((m) => m.start === at);
    const end = noun?.end ?? at + (/^[A-Za-z]+/.exec(text.slice(at))?.[0].length ?? 0);
    if (end === at) throw new Error(`no noun follows "${text.slice(e.start, e.end)}": ${text}`);
    return { kind: "adjective", from: span(e), to: [at, end] };
  });
}

/** The text that settles a meaning: the nearest cue before the word, or else the first one after it. */
function meanings(mentions: readonly Ref[], marks: readonly Marked[]): Relation[] {
  const cues = marks.filter((m) => m.mark.is === "cue");
  return mentions.flatMap((e) => {
    const { sense } = e.entry;
    if (sense === undefined) return [];
    const cue = cues.filter((c) => c.start < e.start).at(-1) ?? cues[0];
    if (!cue) throw new Error(`nothing settles the meaning "${sense}" of "${e.entry.id}"`);
    return [{ kind: "meaning", from: span(e), to: span(cue), sense }];
  });
}

/** A quotation belongs to the nearest name that is marked as a speaker. */
function speakers(text: string, mentions: readonly Ref[]): Relation[] {
  const names = mentions.filter((m) => m.speaker);
  return [...text.matchAll(/"[^"]*"/g)].map((quote) => {
    const start = quote.index;
    const end = start + quote[0].length;
    const gap = (m: Ref): number => (m.start >= end ? m.start - end : start - m.end);
    const speaker = [...names].sort((a, b) => gap(a) - gap(b))[0];
    if (!speaker) throw new Error(`nobody speaks ${quote[0]}`);
    return { kind: "speaker", from: [start, end], to: span(speaker) };
  });
}
