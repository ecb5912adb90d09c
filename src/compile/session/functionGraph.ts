import type { NativeBinding } from "../../backends/native.js";
import type { Graph, GraphNode } from "../graph/graphDef.js";
import { NodeMaker } from "../graph/nodeMaker.js";
import { fallibleOps } from "../graph/opTraits.js";
import { isChanged, readName, type TracedFunction, type TracedVariable } from "../trace/tracedFunction.js";

/** The node to fetch from a graph that has no outputs. */
export const finishedName = "finished";

/** To set a variable of the session: feed its value to the first node, and fetch the second. */
export const valueName = (variable: string) => `${variable}_value`;
export const pushedName = (variable: string) => `${variable}_pushed`;

const assignName = (variable: string) => `${variable}_assign`;

/** The graph of a traced function: its own nodes and, around them, its inputs, variables and outputs. */
export function functionGraph(trace: TracedFunction, binding: NativeBinding): Graph {
  const make = new NodeMaker(binding);
  const changed = trace.variables.filter(isChanged);
  const after = changed.map(
    ({ node, assigned, changedBy }) => `^${assigned === undefined ? changedBy : assignName(node)}`,
  );
  const checks = trace.nodes.filter(({ op }) => fallibleOps.has(op)).map(({ name }) => name);
  const nodes = [
    make.integer("one", 1), // fetched only for its control inputs
    make.wait("checked", checks),
    ...inputNodes(make, trace),
    ...trace.variables.flatMap((variable) => [...variableNodes(make, variable), ...assignNodes(make, variable)]),
    ...trace.nodes,
    ...trace.outputs.map(({ node, source, dtype }) => make.identity(node, dtype, [source, ...after])),
    make.identity(finishedName, binding.TF_INT32, ["one", ...after]),
  ];
  return { nodes, functions: trace.functions };
}

/** The node to feed with an input. */
export const fedName = (input: string) => `${input}_fed`;

/**
 * Inputs are copied if a variable might keep them: a session frees its values on its own threads, which must not touch
 * an array that belongs to JavaScript.
 */
export function inputNodes(make: NodeMaker, { inputs, variables }: TracedFunction): GraphNode[] {
  const op = variables.some(isChanged) ? "DeepCopy" : "Identity";
  return inputs.flatMap(({ node, dtype, shape }) => {
    const fed = fedName(node);
    return [make.placeholder(fed, dtype, shape), { ...make.identity(node, dtype, [fed]), op }];
  });
}

/** A variable, the node that reads it, and those that set it from JavaScript. */
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

/** The assignment waits until the function has read the old value. */
export function assignNodes(make: NodeMaker, { node, dtype, assigned, lastUse }: TracedVariable): GraphNode[] {
  return assigned === undefined ? [] : [make.assign(assignName(node), node, dtype, assigned, [lastUse, "checked"])];
}
