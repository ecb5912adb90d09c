import type * as tf from "@tensorflow/tfjs";
import type { NativeBinding, OpAttribute } from "../native.js";
import { type GraphNode, tensorAttribute } from "./graphDef.js";

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
  nodes: GraphNode[];
  /** The line of the caller's function that made each node, by the node's name. */
  origins: ReadonlyMap<string, string>;
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
  "FloorDiv",
  "FloorMod",
  "Bincount",
  "DenseBincount",
  "CheckNumerics",
]);

/** All nodes of a traced function's graph: its own and, around them, its inputs, variables and outputs. */
export function graphNodes(trace: Trace, binding: NativeBinding): GraphNode[] {
  const make = new NodeMaker(binding);
  const changed = trace.variables.filter(isChanged);
  const after = changed.map(
    ({ node, assigned, changedBy }) => `^${assigned === undefined ? changedBy : assignName(node)}`,
  );
  const checks = trace.nodes.filter(canFail).map(({ name }) => `^${name}`);
  return [
    make.one("one"),
    { name: "checked", op: "NoOp", inputs: checks, attributes: [] },
    ...trace.inputs.flatMap((input) => inputNodes(make, input, changed.length > 0)),
    ...trace.variables.flatMap((variable) => variableNodes(make, variable)),
    ...trace.nodes,
    ...trace.outputs.map(({ node, source, dtype }) => make.identity(node, dtype, [source, ...after])),
    make.identity(finishedName, binding.TF_INT32, ["one", ...after]),
  ];
}

/** The node that is fed with an input. */
export const fedName = (input: string) => `${input}_fed`;

/**
 * An input is copied where variables might keep it: a session frees its values on its own threads, which must not
 * touch an array that JavaScript lent.
 */
function inputNodes(make: NodeMaker, { node, dtype, shape }: Trace["inputs"][number], isKept: boolean): GraphNode[] {
  const fed = fedName(node);
  const op = isKept ? "DeepCopy" : "Identity";
  return [make.placeholder(fed, dtype, shape), { ...make.identity(node, dtype, [fed]), op }];
}

function variableNodes(make: NodeMaker, { node, dtype, variable, assigned, lastUse }: TracedVariable): GraphNode[] {
  const [read, value, push] = [readName(node), valueName(node), `${node}_push`];
  // What the function reads is the value from before: the assignment waits for it.
  const assign =
    assigned === undefined ? [] : [make.assign(assignName(node), node, dtype, assigned, [lastUse, "checked"])];
  return [
    make.variable(node, dtype, variable.shape),
    make.read(read, node, dtype),
    make.placeholder(value, dtype, variable.shape),
    make.assign(push, node, dtype, value, []),
    make.identity(pushedName(node), make.binding.TF_INT32, ["one", `^${push}`]),
    ...assign,
  ];
}

class NodeMaker {
  constructor(readonly binding: NativeBinding) {}

  placeholder(name: string, dtype: number, shape: number[]): GraphNode {
    return { name, op: "Placeholder", inputs: [], attributes: [this.type("dtype", dtype), this.shape(shape)] };
  }

  identity(name: string, dtype: number, inputs: string[]): GraphNode {
    return { name, op: "Identity", inputs, attributes: [this.type("T", dtype)] };
  }

  variable(name: string, dtype: number, shape: number[]): GraphNode {
    const shared = { name: "shared_name", type: this.binding.TF_ATTR_STRING, value: name };
    return { name, op: "VarHandleOp", inputs: [], attributes: [this.type("dtype", dtype), this.shape(shape), shared] };
  }

  read(name: string, variable: string, dtype: number): GraphNode {
    return { name, op: "ReadVariableOp", inputs: [variable], attributes: [this.type("dtype", dtype)] };
  }

  assign(name: string, variable: string, dtype: number, value: string, after: string[]): GraphNode {
    const inputs = [variable, value, ...after.map((node) => `^${node}`)];
    return { name, op: "AssignVariableOp", inputs, attributes: [this.type("dtype", dtype)] };
  }

  /** The whole number 1: what is fetched for its control inputs alone. */
  one(name: string): GraphNode {
    const { TF_INT32 } = this.binding;
    const value = { dtype: TF_INT32, shape: [], values: Int32Array.of(1) };
    const attributes = [this.type("dtype", TF_INT32), { name: "value", type: tensorAttribute, value }];
    return { name, op: "Const", inputs: [], attributes };
  }

  private type(name: string, value: number): OpAttribute {
    return { name, type: this.binding.TF_ATTR_TYPE, value };
  }

  private shape(value: number[]): OpAttribute {
    return { name: "shape", type: this.binding.TF_ATTR_SHAPE, value };
  }
}
