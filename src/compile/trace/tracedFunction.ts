import type * as tf from "@tensorflow/tfjs";
import type { GraphFunction, GraphNode, Source } from "../graph/graphDef.js";
import type { CodeLine } from "./callerLine.js";

/** What a trace found: the function's nodes, and what enters and leaves it. */
export interface TracedFunction {
  nodes: readonly GraphNode[];
  /** The bodies and conditions of loops, which nodes call by name. */
  functions: readonly GraphFunction[];
  /** The line of the caller's code that made each node, by the node's name. */
  origins: ReadonlyMap<string, CodeLine | string>;
  inputs: { key: string; node: string; dtype: number; shape: number[] }[];
  variables: TracedVariable[];
  outputs: { key: string; node: string; dtype: number; source: Source }[];
}

/** A variable that a function reads or changes. */
export interface TracedVariable {
  variable: tf.Variable;
  /** Its name in the graph. */
  node: string;
  dtype: number;
  /** Where its new value comes from, if the function assigns it. */
  assigned: Source | undefined;
  /** The last op that changes it in place, if any. */
  changedBy: string | undefined;
  /** The node that an assignment must wait for. */
  lastUse: string;
}

/** Whether the function leaves a variable with another value. */
export function isChanged({ assigned, changedBy }: TracedVariable): boolean {
  return assigned !== undefined || changedBy !== undefined;
}

/** The node that reads a variable. */
export const readName = (variable: string) => `${variable}_read`;
