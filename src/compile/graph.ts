import type * as tf from "@tensorflow/tfjs";
import type { NativeBinding } from "../backends/native.js";
import type { Graph, GraphFunction, GraphNode } from "./graphDef.js";
import { NodeMaker } from "./nodeMaker.js";
import type { CodeLine } from "./origin.js";

/** Where a value of a graph comes from, as an op's input names it: a node, or `node:1` for a later output. */
export type Source = string;

/** A variable that a function reads or changes. */
export interface TracedVariable {
  variable: tf.Variable;
  /** The graph's name for it. */
  node: string;
  dtype: number;
  /** Where its new value comes from, if the function assigns it. */
  assigned: Source | undefined;
  /** The last op that changes it in place, if there is one. */
  changedBy: string | undefined;
  /** The node that an assignment waits for. */
  lastUse: string;
}

/** Whether the function leaves a variable with another value. */
export function isChanged({ assigned, changedBy }: TracedVariable): boolean {
  return assigned !== undefined || changedBy !== undefined;
}

/** What a function did while it was watched: a graph, and what stands at its edges. */
export interface Trace {
  nodes: readonly GraphNode[];
  /** What the nodes call. */
  functions: readonly GraphFunction[];
  /** The line of the caller's function that made each node, by the node's name. */
  origins: ReadonlyMap<string, CodeLine | string>;
  inputs: { key: string; node: string; dtype: number; shape: number[] }[];
  variables: TracedVariable[];
  outputs: { key: string; node: string; dtype: number; source: Source }[];
}

/** What is fetched from a graph that has no outputs. */
export const finishedName = "finished";

/** The node that reads a variable. */
export const readName = (variable: string) => `${variable}_read`;

/** The node that takes a variable's value when it is handed to the session, and the one to fetch for that. */
export const valueName = (variable: string) => `${variable}_value`;
export const pushedName = (variable: string) => `${variable}_pushed`;

const assignName = (variable: string) => `${variable}_assign`;

/** Whether an op fails on bad values: nothing is changed before it has passed. */
export function canFail({ op }: GraphNode): boolean {
  return fallible.has(op);
}

/** Ops that fail on bad values, such as an index out of range. */
const fallible = new Set([
  "GatherV2",
  "GatherNd",
  "SparseSoftmaxCrossEntropyWithLogits",
  "UnsortedSegmentSum",
  "ScatterNd",
  "TensorScatterUpdate",
  "SparseToDense",
  "BroadcastArgs",
  "CropAndResize",
  "FloorDiv",
  "FloorMod",
  "Pow",
  "Bincount",
  "DenseBincount",
  "CheckNumerics",
  "While",
]);

/** A traced function's graph: its own nodes and, around them, its inputs, variables and outputs. */
export function graphOf(trace: Trace, binding: NativeBinding): Graph {
  const make = new NodeMaker(binding);
  const changed = trace.variables.filter(isChanged);
  const after = changed.map(
    ({ node, assigned, changedBy }) => `^${assigned === undefined ? changedBy : assignName(node)}`,
  );
  const checks = trace.nodes.filter(canFail).map(({ name }) => name);
  const nodes = [
    make.whole("one", 1), // what is fetched for its control inputs alone
    make.nothing("checked", checks),
    ...inputNodes(make, trace),
    ...trace.variables.flatMap((variable) => [...variableNodes(make, variable), ...assignNodes(make, variable)]),
    ...trace.nodes,
    ...trace.outputs.map(({ node, source, dtype }) => make.identity(node, dtype, [source, ...after])),
    make.identity(finishedName, binding.TF_INT32, ["one", ...after]),
  ];
  return { nodes, functions: trace.functions };
}

/** The node that is fed with an input. */
export const fedName = (input: string) => `${input}_fed`;

/**
 * Inputs are copied where variables might keep them: a session frees its values on its own threads, which must not
 * touch an array that JavaScript lent.
 */
export function inputNodes(make: NodeMaker, { inputs, variables }: Trace): GraphNode[] {
  const op = variables.some(isChanged) ? "DeepCopy" : "Identity";
  return inputs.flatMap(({ node, dtype, shape }) => {
    const fed = fedName(node);
    return [make.placeholder(fed, dtype, shape), { ...make.identity(node, dtype, [fed]), op }];
  });
}

/** A variable, what reads it, and what takes a value from JavaScript. */
export function variableNodes(make: NodeMaker, { node, dtype, variable }: TracedVariable): GraphNode[] {
  const [value, push] = [valueName(node), `${node}_push`];
  return [
    make.variable(node, dtype, variable.shape),
    make.read(readName(node), node, dtype),
    make.placeholder(value, dtype, variable.shape),
    make.assign(push, node, dtype, value, []),
    make.identity(pushedName(node), make.binding.TF_INT32, ["one", `^${push}`]),
  ];
}

/** What the function reads is the value from before: the assignment waits for it. */
export function assignNodes(make: NodeMaker, { node, dtype, assigned, lastUse }: TracedVariable): GraphNode[] {
  return assigned === undefined ? [] : [make.assign(assignName(node), node, dtype, assigned, [lastUse, "checked"])];
}
