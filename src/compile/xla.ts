import type { NativeBinding, OpAttribute } from "../backends/native.js";
import { CompileError } from "../core/errors.js";
import { assignNodes, finishedName, inputNodes, readName, type Trace, variableNodes } from "./graph.js";
import { functionAttribute, type Graph, type GraphFunction, type GraphNode } from "./graphDef.js";
import { NodeMaker } from "./nodeMaker.js";

/** TensorFlow's number for variables as a function takes them. */
const resourceType = 20;

const callName = "call";

/**
 * A traced function's graph in which XLA compiles the function as a whole: it is a function of the graph, called by a
 * node that says so. Random numbers are drawn before: XLA would draw others from the same seed.
 *
 * Marking the nodes for XLA one by one (`_XlaCompile`) gives many small pieces instead: TensorFlow merges products
 * with what follows them first, which XLA does not know.
 */
export function xlaGraph(trace: Trace, binding: NativeBinding): Graph {
  const make = new NodeMaker(binding);
  for (const each of trace.functions) refuseRandom(each);
  const drawn = trace.nodes.filter(isRandom);
  const first = neededFor(drawn, trace.nodes);
  if (first.some(changesVariable)) {
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
      make.nothing("checked", []),
      ...trace.variables.flatMap((variable) => [
        make.read(readName(variable.node), variable.node, variable.dtype),
        ...assignNodes(make, variable),
      ]),
      ...trace.nodes.filter((node) => !isRandom(node)),
    ],
  };
  const nodes = [
    make.whole("one", 1), // what is fetched for its control inputs alone
    ...inputNodes(make, trace),
    ...trace.variables.flatMap((variable) => variableNodes(make, variable)),
    ...first,
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

const isRandom = ({ op }: GraphNode): boolean => op === "StatelessRandomUniform";

const changesVariable = ({ op }: GraphNode): boolean => op === "AssignVariableOp" || op.startsWith("ResourceApply");

function refuseRandom({ nodes }: GraphFunction): void {
  if (!nodes.some(isRandom)) return;
  throw new CompileError("a compiled function with xla must not draw random numbers in repeat (draw them before it)");
}

/** `wanted` and all that they are computed from, in order. */
function neededFor(wanted: readonly GraphNode[], nodes: readonly GraphNode[]): GraphNode[] {
  const needed = new Set(wanted.map(({ name }) => name));
  for (const { name, inputs } of nodes.toReversed()) {
    if (needed.has(name)) for (const source of inputs) needed.add(source.replace("^", "").split(":")[0]!);
  }
  return nodes.filter(({ name }) => needed.has(name));
}
