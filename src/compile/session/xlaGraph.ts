import type { NativeBinding, OpAttribute } from "../../backends/native.js";
import { CompileError } from "../../core/errors.js";
import { functionAttribute, type Graph, type GraphFunction, type GraphNode } from "../graph/graphDef.js";
import { NodeMaker } from "../graph/nodeMaker.js";
import { readName, type TracedFunction } from "../trace/tracedFunction.js";
import { assignNodes, finishedName, inputNodes, variableNodes } from "./functionGraph.js";

/** TensorFlow's number for the type of a variable that is passed to a function. */
const resourceType = 20;

const callName = "call";

/**
 * The graph of a traced function that XLA compiles as a whole: one node, marked for XLA, calls it as a function inside
 * the graph. Random numbers are drawn outside, because XLA would draw others from the same seed.
 *
 * Marking the nodes one by one (`_XlaCompile`) gives many small pieces instead: TensorFlow first fuses products with
 * the ops that follow them, and XLA does not know the fused ops.
 */
export function xlaGraph(trace: TracedFunction, binding: NativeBinding): Graph {
  const make = new NodeMaker(binding);
  for (const each of trace.functions) refuseRandom(each);
  const drawn = trace.nodes.filter(isRandom);
  const outside = neededFor(drawn, trace.nodes);
  if (outside.some(changesVariable)) {
    throw new CompileError(
      "a compiled function with xla must not draw random numbers from a variable changed in place (draw them before it)",
    );
  }
  const inputs = [
    ...trace.inputs.map(({ node, dtype }) => ({ name: node, dtype })),
    ...drawn.map(({ name }) => ({ name, dtype: binding.TF_FLOAT })),
    ...trace.variables.map(({ node }) => ({ name: node, dtype: resourceType })),
  ];
  const body: GraphFunction = {
    name: "body",
    inputs,
    outputs: trace.outputs,
    nodes: [
      make.wait("checked", []),
      ...trace.variables.flatMap((variable) => [
        make.read(readName(variable.node), variable.node, variable.dtype),
        ...assignNodes(make, variable),
      ]),
      ...trace.nodes.filter((node) => !isRandom(node)),
    ],
  };
  const nodes = [
    make.integer("one", 1), // fetched only for its control inputs
    ...inputNodes(make, trace),
    ...trace.variables.flatMap((variable) => variableNodes(make, variable)),
    ...outside,
    callNode(body, binding),
    ...trace.outputs.map(({ node, dtype }, i) => make.identity(node, dtype, [`${callName}:${i}`])),
    make.identity(finishedName, binding.TF_INT32, ["one", `^${callName}`]),
  ];
  return { nodes, functions: [body, ...trace.functions] };
}

function callNode({ name, inputs, outputs }: GraphFunction, binding: NativeBinding): GraphNode {
  const types = (name: string, values: { dtype: number }[]): OpAttribute => {
    return { name, type: binding.TF_ATTR_TYPE, value: values.map(({ dtype }) => dtype) };
  };
  const attributes = [
    types("Tin", inputs),
    types("Tout", outputs),
    { name: "f", type: functionAttribute, value: name },
    { name: "_XlaMustCompile", type: binding.TF_ATTR_BOOL, value: true },
  ];
  return { name: callName, op: "StatefulPartitionedCall", inputs: inputs.map((input) => input.name), attributes };
}

const isRandom = ({ op }: GraphNode): boolean => op.startsWith("StatelessRandom");

const changesVariable = ({ op }: GraphNode): boolean => op === "AssignVariableOp" || op.startsWith("ResourceApply");

function refuseRandom({ nodes }: GraphFunction): void {
  if (!nodes.some(isRandom)) return;
  throw new CompileError("a compiled function with xla must not draw random numbers in repeat (draw them before it)");
}

/** `wanted` and every node that they are computed from, in order. */
function neededFor(wanted: readonly GraphNode[], nodes: readonly GraphNode[]): GraphNode[] {
  const needed = new Set(wanted.map(({ name }) => name));
  for (const { name, inputs } of nodes.toReversed()) {
    if (needed.has(name)) for (const source of inputs) needed.add(source.replace("^", "").split(":")[0]!);
  }
  return nodes.filter(({ name }) => needed.has(name));
}
