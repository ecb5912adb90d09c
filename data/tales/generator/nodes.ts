/**
 * The grammar as data. One tree of nodes serves four readers: `sample.ts` writes stories from it, `entropy.ts` works out
 * its exact entropy, `parse.ts` finds every derivation of a text, and `relations.ts` says which words belong together.
 *
 * Randomness lives in two nodes only: `choice` (one of several texts) and `let` (a variable is given an entry of a pool,
 * and every later reference to it says a feature of the same entry: that is what makes a story hold together).
 */

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
