/**
 * The grammar as data. One tree of nodes serves four readers: `sample.ts` writes stories from it, `entropy.ts` works out
 * its exact entropy, `parse.ts` finds every derivation of a text, and `relations.ts` says which words belong together.
 *
 * Randomness lives in two nodes only: `choice` (one of several texts) and `let` (a variable is given an entry of a pool,
 * and every later reference to it says a feature of the same entry: that is what makes a story hold together).
 */
import { template } from "./template.js";

export type Node = TextNode | SequenceNode | ChoiceNode | LetNode | RefNode | MarkNode;

/** Fixed text. */
export interface TextNode {
  kind: "text";
  text: string;
}

/** One node after another, nothing between. */
export interface SequenceNode {
  kind: "sequence";
  parts: readonly Node[];
}

/** Option i with probability `weights[i] / total`. */
export interface ChoiceNode {
  kind: "choice";
  weights: readonly number[];
  total: number;
  options: readonly Node[];
}

/** Draws an entry of the pool for `name`; the name holds inside `body`. */
export interface LetNode {
  kind: "let";
  name: string;
  pool: Pool;
  body: Node;
}

/** Says a feature of the entry that `name` was given. The feature `""` is the word itself. */
export interface RefNode {
  kind: "ref";
  name: string;
  feature: string;
  /** The name at hand tells who speaks. */
  speaker: boolean;
}

/** Says what the text inside is, for `relations.ts`; adds no probability. */
export interface MarkNode {
  kind: "mark";
  mark: Mark;
  body: Node;
}

export type Mark = { is: "adjective" } | { is: "cue" } | { is: "pronoun"; names: readonly string[] };

/** What an entry is; it decides which relations its features make. */
export type Role = "person" | "thing" | "adjective" | "case";

/** One thing that a variable can be: a name, a noun, an adjective, or a case of the plot with texts that go together. */
export interface Entry {
  id: string;
  role: Role;
  weight: number;
  features: ReadonlyMap<string, Node>;
  /** For a person. */
  gender?: "girl" | "boy";
  /** For a thing. */
  plural?: boolean;
  /** For a word with several meanings: which one this is. */
  sense?: string;
  /** Adjectives that suit the thing. */
  adjectives?: readonly Entry[];
}

export type Env = ReadonlyMap<string, Entry>;

/** Entries to draw from. They may depend on the entries of variables declared before (`parents`). */
export interface Pool {
  parents: readonly string[];
  entries(env: Env): readonly Entry[];
}

/** A pool that is always the same. */
export function fixed(entries: readonly Entry[]): Pool {
  return { parents: [], entries: () => entries };
}

/** A pool that a variable declared before decides. Asked twice about one entry, it answers with the same list. */
export function given(parent: string, pick: (entry: Entry) => readonly Entry[]): Pool {
  const known = new Map<Entry, readonly Entry[]>();
  return {
    parents: [parent],
    entries: (env) => {
      const entry = env.get(parent);
      if (!entry) throw new Error(`variable "${parent}" is used before it is declared`);
      const list = known.get(entry) ?? pick(entry);
      known.set(entry, list);
      return list;
    },
  };
}

/** The pool without the entry that `other` was given: two different ones. */
export function except(other: string, entries: readonly Entry[]): Pool {
  return given(other, (entry) => entries.filter((e) => e !== entry));
}

/** A text in the template language, or a node. */
export type Part = string | Node;

export function toNode(part: Part): Node {
  return typeof part === "string" ? template(part) : part;
}

/** One of the parts; a part `[3, "..."]` has weight 3, a plain one weight 1. */
export function one(...parts: (Part | readonly [number, Part])[]): Node {
  const weights = parts.map((p) => (Array.isArray(p) ? (p[0] as number) : 1));
  const options = parts.map((p) => toNode(Array.isArray(p) ? (p[1] as Part) : (p as Part)));
  return choice(weights, options);
}

export function choice(weights: readonly number[], options: readonly Node[]): Node {
  let total = 0;
  for (const w of weights) {
    if (!Number.isInteger(w) || w < 1) throw new RangeError(`a weight must be a whole number above 0: got ${w}`);
    total += w;
  }
  return { kind: "choice", weights, total, options };
}

/** Declares variables, in order, for the parts that follow; the parts are sentences, a space goes between them. */
export function scope(pools: Readonly<Record<string, Pool>>, ...parts: Part[]): Node {
  const spaced: Node[] = [];
  for (const part of parts) {
    if (spaced.length > 0) spaced.push({ kind: "text", text: " " });
    spaced.push(toNode(part));
  }
  let node: Node = { kind: "sequence", parts: spaced };
  for (const [name, pool] of Object.entries(pools).reverse()) node = { kind: "let", name, pool, body: node };
  return node;
}

/** A plot: its name and its tree. */
export interface Story {
  name: string;
  weight: number;
  node: Node;
}
