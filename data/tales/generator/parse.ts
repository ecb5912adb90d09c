/**
 * Finds every derivation of a text under the grammar, with its bits. A variable stays open until its entry is first
 * needed; then the parser tries every entry. It prunes only what contradicts the text, so the list is complete.
 */
import type { Entry, Env, Node, Pool } from "./grammar.js";
import { featureOf } from "./sample.js";

interface State<Place> {
  at: Place;
  bits: number;
  env: Env;
  scope: ReadonlyMap<string, Pool>;
}

/** The state with the variable `name` open: its entry from an earlier scope, if any, is removed. */
function declare<Place>(state: State<Place>, name: string, pool: Pool): State<Place> {
  const env = new Map(state.env);
  env.delete(name);
  return { ...state, env, scope: new Map(state.scope).set(name, pool) };
}

/** Follows derivations and keeps a place in the text for each. */
export interface Follower<Place> {
  start: Place;
  /** The entries that variables already have. */
  env?: Env;
  /** Returns the place after `said`, or undefined to abandon this derivation. */
  say(said: string, at: Place): Place | undefined;
  /** Called at the end of a derivation. */
  end?(at: Place, bits: number): void;
}

/** Follows every derivation of the grammar, piece by piece. */
export function explore<Place>(root: Node, { start, env = new Map(), say, end }: Follower<Place>): void {
  /** Calls `then` for every entry that `name` can have, after resolving the variables that it depends on. */
  const resolve = (name: string, state: State<Place>, then: (state: State<Place>, entry: Entry) => void): void => {
    const known = state.env.get(name);
    if (known) {
      then(state, known);
      return;
    }
    const pool = state.scope.get(name);
    if (!pool) throw new Error(`{${name}} is used outside its scope`);
    const parents = [...pool.parents];
    const next = (s: State<Place>): void => {
      const parent = parents.shift();
      if (parent !== undefined) {
        resolve(parent, s, next);
        parents.unshift(parent);
        return;
      }
      const entries = pool.entries(s.env);
      const total = entries.reduce((sum, e) => sum + e.weight, 0);
      for (const entry of entries) {
        then({ ...s, bits: s.bits + Math.log2(total / entry.weight), env: new Map(s.env).set(name, entry) }, entry);
      }
    };
    next(state);
  };

  const walk = (node: Node, state: State<Place>, then: (state: State<Place>) => void): void => {
    switch (node.kind) {
      case "text": {
        const at = say(node.text, state.at);
        if (at !== undefined) then({ ...state, at });
        return;
      }
      case "sequence": {
        const step = (i: number, s: State<Place>): void => {
          const part = node.parts[i];
          if (part) walk(part, s, (after) => step(i + 1, after));
          else then(s);
        };
        step(0, state);
        return;
      }
      case "choice":
        node.options.forEach((option, i) => {
          walk(option, { ...state, bits: state.bits + Math.log2(node.total / node.weights[i]!) }, then);
        });
        return;
      case "let":
        walk(node.body, declare(state, node.name, node.pool), then);
        return;
      case "ref":
        resolve(node.name, state, (s, entry) => walk(featureOf(entry, node.name, node.feature), s, then));
        return;
      case "mark":
        walk(node.body, state, then);
        return;
    }
  };
  walk(root, { at: start, bits: 0, env, scope: new Map() }, ({ at, bits }) => end?.(at, bits));
}

/** The bits `-log2 p` of each derivation of exactly `text`. */
export function derivations(root: Node, text: string): number[] {
  const found: number[] = [];
  explore(root, {
    start: 0,
    say: (said, at) => (text.startsWith(said, at) ? at + said.length : undefined),
    end: (at, bits) => {
      if (at === text.length) found.push(bits);
    },
  });
  return found;
}

/** `-log2` of the sum of the derivations' probabilities; Infinity if there are none. */
export function textBits(found: readonly number[]): number {
  if (found.length === 0) return Infinity;
  const best = Math.min(...found);
  return best - Math.log2(found.reduce((sum, b) => sum + 2 ** (best - b), 0));
}
