/**
 * The exact expectations of a grammar, by the chain rule and linearity, without sampling:
 *
 *   H(story) = sum over draws d of  P(d is made) * H(d | what it depends on)
 *   E[length] = sum over texts t of  P(t is said) * length(t)
 *
 * The path to a draw or a text consists of choices, whose probabilities multiply, and of facts "variable = entry",
 * whose joint probability is summed over the variables that they depend on. No other variable has to be enumerated, so
 * the sum is exact and small.
 *
 * This is the entropy of derivations. It equals the entropy of texts because each text has one derivation (`parse.ts`).
 */
import type { Entry, Env, LetNode, Node, Pool } from "./grammar.js";
import { featureOf } from "./sample.js";

export interface Expectation {
  bits: number;
  characters: number;
  words: number;
}

/** Words that begin inside a piece of text. ("'s" at its start belongs to the word before.) */
const WORD = /(?<!['A-Za-z])[A-Za-z]+(?:'[A-Za-z]+)*/g;

type Scope = ReadonlyMap<string, Pool>;
type Facts = Env;

const totalWeight = (entries: readonly Entry[]): number => entries.reduce((sum, e) => sum + e.weight, 0);

/** Shannon entropy in bits of a draw with these weights. */
export function entropyOf(weights: readonly number[]): number {
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.reduce((sum, w) => sum + (w / total) * Math.log2(total / w), 0);
}

/** The names and everything that their pools depend on, in order of declaration. */
function withAncestors(names: Iterable<string>, scope: Scope): string[] {
  const needed = new Set<string>();
  const visit = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    const pool = scope.get(name);
    if (!pool) throw new Error(`{${name}} is used outside its scope`);
    pool.parents.forEach(visit);
  };
  for (const name of names) visit(name);
  return [...scope.keys()].filter((name) => needed.has(name));
}

/** Calls `use(env, probability)` for every assignment of entries to `names` that agrees with the facts. */
function eachCase(names: readonly string[], scope: Scope, facts: Facts, use: (env: Env, p: number) => void): void {
  const go = (i: number, env: Map<string, Entry>, p: number): void => {
    const name = names[i];
    if (name === undefined) {
      use(env, p);
      return;
    }
    const entries = scope.get(name)!.entries(env);
    const total = totalWeight(entries);
    const fact = facts.get(name);
    for (const entry of entries) {
      if (fact && fact !== entry) continue;
      go(i + 1, new Map(env).set(name, entry), (p * entry.weight) / total);
    }
  };
  go(0, new Map(), 1);
}

/** For each entry of the variable `extra`, its joint probability with the facts. */
function distribution(extra: string, scope: Scope, facts: Facts): Map<Entry, number> {
  const names = withAncestors([...facts.keys(), extra], scope);
  const found = new Map<Entry, number>();
  eachCase(names, scope, facts, (env, p) => {
    const entry = env.get(extra)!;
    found.set(entry, (found.get(entry) ?? 0) + p);
  });
  return found;
}

/** The exact expected bits, characters and words of the node's texts. */
export function expectation(root: Node): Expectation {
  const sum: Expectation = { bits: 0, characters: 0, words: 0 };

  /** `weight` is the product of the choices on the path, `p` is P(facts). The path has probability `weight * p`. */
  const visit = (node: Node, scope: Scope, facts: Facts, weight: number, p: number): void => {
    switch (node.kind) {
      case "text":
        sum.characters += weight * p * node.text.length;
        sum.words += weight * p * (node.text.match(WORD)?.length ?? 0);
        return;
      case "sequence":
        for (const part of node.parts) visit(part, scope, facts, weight, p);
        return;
      case "choice":
        sum.bits += weight * p * entropyOf(node.weights);
        node.options.forEach((option, i) => {
          visit(option, scope, facts, (weight * node.weights[i]!) / node.total, p);
        });
        return;
      case "let":
        sum.bits += weight * drawEntropy(node, scope, facts);
        visit(node.body, new Map(scope).set(node.name, node.pool), facts, weight, p);
        return;
      case "ref":
        for (const [entry, joint] of distribution(node.name, scope, facts)) {
          visit(featureOf(entry, node.name, node.feature), scope, new Map(facts).set(node.name, entry), weight, joint);
        }
        return;
      case "mark":
        visit(node.body, scope, facts, weight, p);
        return;
    }
  };
  visit(root, new Map(), new Map(), 1, 1);
  return sum;
}

/** `sum over parents of P(parents, facts) * H(entry | parents)`, where the parents are the variables of the pool. */
function drawEntropy(node: LetNode, scope: Scope, facts: Facts): number {
  if (scope.has(node.name)) throw new Error(`variable "${node.name}" is declared twice on one path`);
  let bits = 0;
  eachCase(withAncestors([...facts.keys(), ...node.pool.parents], scope), scope, facts, (env, p) => {
    bits += p * entropyOf(node.pool.entries(env).map((e) => e.weight));
  });
  return bits;
}
