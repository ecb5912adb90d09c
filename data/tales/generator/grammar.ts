/** Builds the trees of `nodes.ts`. The plots are written with these functions and the language of `template.ts`. */
import type { Entry, Node, Pool } from "./nodes.js";
import { template } from "./template.js";

export type * from "./nodes.js";

/** A pool that does not depend on other variables. */
export function fixed(entries: readonly Entry[]): Pool {
  return { parents: [], entries: () => entries };
}

/** A pool that depends on a variable declared before. The same entry always gives the same list. */
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

/** All the entries except the one that the variable `other` has. */
export function except(other: string, entries: readonly Entry[]): Pool {
  return given(other, (entry) => entries.filter((e) => e !== entry));
}

/** A string in the template language, or a node. */
export type Part = string | Node;

export function toNode(part: Part): Node {
  return typeof part === "string" ? template(part) : part;
}

/** A choice of one part; a part `[3, "..."]` has weight 3, a plain part weight 1. */
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

/** Declares variables, in order, for the parts that follow. The parts are sentences, joined by spaces. */
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
