/**
 * The grammar as data. One tree of nodes has four uses: `sample.ts` draws stories from it, `entropy.ts` computes its
 * exact entropy, `parse.ts` finds every derivation of a text, and `relations.ts` finds the words that belong together.
 *
 * Only two nodes are random: `choice` (one of several texts) and `let` (a variable gets an entry of a pool). Every
 * later reference to the variable says a feature of the same entry, which makes a story coherent.
 */

export type Node = TextNode | SequenceNode | ChoiceNode | LetNode | RefNode | MarkNode;

/** Fixed text. */
export interface TextNode {
  kind: "text";
  text: string;
}

/** One node after another, with nothing in between. */
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

/** Draws an entry of the pool for the variable `name`, whose scope is `body`. */
export interface LetNode {
  kind: "let";
  name: string;
  pool: Pool;
  body: Node;
}

/** The text of a feature of the variable's entry. The feature `""` is the word itself. */
export interface RefNode {
  kind: "ref";
  name: string;
  feature: string;
  /** Whether this reference names the speaker of a quotation. */
  speaker: boolean;
}

/** Marks what the text inside is, for `relations.ts`; does not affect probabilities. */
export interface MarkNode {
  kind: "mark";
  mark: Mark;
  body: Node;
}

export type Mark = { is: "adjective" } | { is: "cue" } | { is: "pronoun"; names: readonly string[] };

/** What an entry is, which determines the relations of its features. */
export type Role = "person" | "thing" | "adjective" | "case";

/** A value of a variable: a name, a noun, an adjective, or a case of the plot with texts that belong together. */
export interface Entry {
  id: string;
  role: Role;
  weight: number;
  features: ReadonlyMap<string, Node>;
  /** For a person. */
  gender?: "girl" | "boy";
  /** For a thing. */
  plural?: boolean;
  /** For a word with several meanings: which one this entry has. */
  sense?: string;
  /** Adjectives that suit the thing. */
  adjectives?: readonly Entry[];
}

export type Env = ReadonlyMap<string, Entry>;

/** Entries to draw from. They may depend on variables declared before (`parents`). */
export interface Pool {
  parents: readonly string[];
  entries(env: Env): readonly Entry[];
}
