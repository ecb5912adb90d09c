import type { Source } from "./graph.js";
import type { GraphNode } from "./graphDef.js";

/** A graph, or a function of a graph, while it is traced. */
export class Scope {
  readonly nodes: GraphNode[] = [];
  /** Where values come from, by the addon's number for them. */
  readonly sources = new Map<number, Source>();
  /** The addon's numbers for the values that come from the scope around this one, by the function's names for them. */
  readonly captured = new Map<Source, number>();
  /** Where something takes a value from. */
  readonly used = new Set<Source>();

  constructor(readonly outer?: Scope) {}
}
