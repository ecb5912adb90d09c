import type { Entry, Env, Mark, Node } from "./grammar.js";
import type { Random } from "./random.js";

/** What is at `[start, end)` of a story: a reference to a variable, or marked text. */
export type Event = RefEvent | { is: "mark"; start: number; end: number; mark: Mark };

export interface RefEvent {
  is: "ref";
  start: number;
  end: number;
  name: string;
  feature: string;
  entry: Entry;
  speaker: boolean;
  /** The entries that `entry` was drawn from. */
  among: readonly Entry[];
  /** The entries of all variables at this place. */
  env: Env;
}

/** A story, its bits `-log2 p` under the grammar, and its references and marks. */
export interface Sample {
  text: string;
  bits: number;
  events: Event[];
}

/** The node of an entry's feature. @throws Error that names both, if the entry has no such feature. */
export function featureOf(entry: Entry, name: string, feature: string): Node {
  const node = entry.features.get(feature);
  if (!node)
    throw new Error(
      `{${name}.${feature}}: "${entry.id}" has no such feature (it has ${[...entry.features.keys()].join(", ")})`,
    );
  return node;
}

/** Draws one story. Its bits are the sum of `log2(total / weight)` over all draws. */
export function sample(root: Node, random: Random): Sample {
  let text = "";
  let bits = 0;
  const events: Event[] = [];

  const pools = new Map<string, readonly Entry[]>(); // what each variable was drawn from
  const walk = (node: Node, env: Env): void => {
    const start = text.length;
    switch (node.kind) {
      case "text":
        text += node.text;
        return;
      case "sequence":
        for (const part of node.parts) walk(part, env);
        return;
      case "choice": {
        const i = random.weighted(node.weights);
        bits += Math.log2(node.total / node.weights[i]!);
        walk(node.options[i]!, env);
        return;
      }
      case "let": {
        const entries = node.pool.entries(env);
        const weights = entries.map((e) => e.weight);
        const entry = entries[random.weighted(weights)]!;
        bits += Math.log2(weights.reduce((a, b) => a + b, 0) / entry.weight);
        pools.set(node.name, entries);
        walk(node.body, new Map(env).set(node.name, entry));
        return;
      }
      case "ref": {
        const entry = env.get(node.name);
        if (!entry) throw new Error(`{${node.name}} is used outside its scope`);
        walk(featureOf(entry, node.name, node.feature), env);
        const { name, feature, speaker } = node;
        const among = pools.get(name)!;
        events.push({ is: "ref", start, end: text.length, name, feature, entry, speaker, among, env });
        return;
      }
      case "mark":
        walk(node.body, env);
        events.push({ is: "mark", start, end: text.length, mark: node.mark });
        return;
    }
  };
  walk(root, new Map());
  return { text, bits, events };
}
