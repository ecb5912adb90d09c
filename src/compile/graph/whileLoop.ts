import type { NativeBinding, OpAttribute } from "../../backends/native.js";
import { functionAttribute, type GraphFunction, type GraphNode, type Source } from "./graphDef.js";
import { NodeMaker } from "./nodeMaker.js";

/** The traced body of a loop. Its nodes read the number of the turn as `turn`. */
export interface LoopBody {
  /** How many turns the loop runs. */
  count: Source;
  nodes: readonly GraphNode[];
  /** Values that change from turn to turn: `name` inside, `first` from outside, `next` from inside. */
  state: { name: string; dtype: number; first: Source; next: Source }[];
  /** Values that stay the same: `name` inside, `source` outside. */
  captured: { name: string; dtype: number; source: Source }[];
  /** Whether the loop becomes part of the graph around it, which XLA can't compile. */
  isInlined: boolean;
}

/**
 * A loop as nodes of a graph, the functions that they call, and the sources of the final state. TensorFlow's While calls
 * one function that says whether to go on, and one that computes the next value of every input.
 */
export function whileLoop(
  name: string,
  binding: NativeBinding,
  { count, nodes, state, captured, isInlined }: LoopBody,
): { nodes: GraphNode[]; functions: GraphFunction[]; outputs: Source[] } {
  const make = new NodeMaker(binding);
  const { TF_INT32, TF_BOOL } = binding;
  const integer: OpAttribute = { name: "T", type: binding.TF_ATTR_TYPE, value: TF_INT32 };
  const values = [
    { name: "turn", dtype: TF_INT32, first: `${name}_start`, next: "next" },
    { name: "count", dtype: TF_INT32, first: count, next: "count" },
    ...state,
    ...captured.map(({ name, dtype, source }) => ({ name, dtype, first: source, next: name })),
  ];
  const inputs = values.map(({ name, dtype }) => ({ name, dtype }));
  const next: GraphNode = { name: "next", op: "AddV2", inputs: ["turn", "one"], attributes: [integer] };
  const goesOn: GraphNode = { name: "goesOn", op: "Less", inputs: ["turn", "count"], attributes: [integer] };
  const [body, condition] = [`${name}_body`, `${name}_condition`];
  const functions: GraphFunction[] = [
    {
      name: body,
      inputs,
      outputs: values.map(({ next, dtype }) => ({ source: next, dtype })),
      nodes: [make.integer("one", 1), next, ...nodes],
    },
    { name: condition, inputs, outputs: [{ source: "goesOn", dtype: TF_BOOL }], nodes: [goesOn] },
  ];
  const attributes: OpAttribute[] = [
    { name: "T", type: binding.TF_ATTR_TYPE, value: values.map(({ dtype }) => dtype) },
    { name: "cond", type: functionAttribute, value: condition },
    { name: "body", type: functionAttribute, value: body },
    { name: "_lower_using_switch_merge", type: binding.TF_ATTR_BOOL, value: isInlined },
  ];
  const node: GraphNode = { name, op: "While", inputs: values.map(({ first }) => first), attributes };
  const outputs = state.map((_, i) => `${name}:${i + 2}`);
  return { nodes: [make.integer(`${name}_start`, 0), node], functions, outputs };
}
