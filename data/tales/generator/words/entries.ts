/** Makes the entries of pools. Every feature has a twin `^feature` that begins with a capital. */
import { type Entry, fixed, given, type Node, type Pool, type Role, toNode } from "../grammar.js";

function capital(node: Node): Node {
  return node.kind === "text" ? { kind: "text", text: node.text.slice(0, 1).toUpperCase() + node.text.slice(1) } : node;
}

function entry(id: string, role: Role, weight: number, features: Readonly<Record<string, string>>): Entry {
  const nodes = new Map<string, Node>();
  for (const [name, text] of Object.entries(features)) {
    const node = toNode(text);
    nodes.set(name, node);
    nodes.set(`^${name}`, capital(node));
  }
  return { id, role, weight, features: nodes };
}

const article = (word: string): string => (/^[aeiou]/i.test(word) ? "an" : "a");

export function person(name: string, gender: "girl" | "boy"): Entry {
  const [he, him, his] = gender === "girl" ? ["she", "her", "her"] : ["he", "him", "his"];
  return { ...entry(name, "person", 1, { "": name, he, him, his }), gender };
}

/** Features of one thing and of several. `it` is the subject, `them` the object: "it is here, I see it". */
const ONE = { it: "it", them: "it", its: "its", was: "was", is: "is", has: "has", looks: "looks" };
const MANY = { it: "they", them: "them", its: "their", was: "were", is: "are", has: "have", looks: "look" };

export function thing(word: string, adjectives: readonly Entry[] = [], plural = false, weight = 1): Entry {
  const made = entry(word, "thing", weight, { "": word, article: article(word), ...(plural ? MANY : ONE) });
  return { ...made, plural, adjectives };
}

/** Things from a list of words; all of them share the adjectives. */
export function things(words: string, adjectives: readonly Entry[] = [], plural = false): Entry[] {
  return words.split(", ").map((word) => thing(word, adjectives, plural));
}

export function adjectives(words: string): Entry[] {
  return words.split(" ").map((word) => entry(word, "adjective", 1, { "": word, article: article(word) }));
}

/** The adjectives that suit the thing of the variable `name`. */
export function suits(name: string): Pool {
  return given(name, (e) => {
    if (!e.adjectives?.length) throw new Error(`no adjectives for "${e.id}"`);
    return e.adjectives;
  });
}

type Case = Readonly<Record<string, string>>;

function caseEntries(all: Readonly<Record<string, Case>>): Entry[] {
  return Object.entries(all).map(([id, features]) => entry(id, "case", 1, features));
}

/** Ways that a story can go: each case has texts that belong together, in the template language. */
export function cases(all: Readonly<Record<string, Case>>): Pool {
  return fixed(caseEntries(all));
}

/** A word with several meanings: `{bank}` is the word, `{bank.event}` a text that fits the meaning drawn. */
export function meanings(word: string, all: Readonly<Record<string, Case>>): Pool {
  const made = Object.entries(all).map(([sense, features]): Entry => {
    const { features: own } = thing(word);
    const { features: extra } = entry(sense, "case", 1, features);
    return { id: sense, role: "thing", weight: 1, plural: false, sense, features: new Map([...own, ...extra]) };
  });
  return fixed(made);
}

/** Ways that a story can go, depending on the id of an earlier case. */
export function casesOf(parent: string, all: Readonly<Record<string, Readonly<Record<string, Case>>>>): Pool {
  const made = new Map(Object.entries(all).map(([id, inner]) => [id, caseEntries(inner)]));
  return given(parent, (e) => {
    const found = made.get(e.id);
    if (!found) throw new Error(`no cases for "${e.id}"`);
    return found;
  });
}
