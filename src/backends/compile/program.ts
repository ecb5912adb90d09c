import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as tf from "@tensorflow/tfjs";
import { CompileError } from "../../config/errors.js";
import type { NativeBackend, NativeBinding, OpAttribute } from "../native.js";
import { type GraphNode, savedModelBytes, tensorAttribute } from "./graphDef.js";
import { GraphState, pushName, valueName } from "./graphState.js";
import { inputName, readName, type Trace } from "./tracer.js";

/** A traced function as a TensorFlow session that runs it in one call. Its variables live in the session. */
export class Program {
  private readonly session: number;
  private readonly inputNames: string;
  private readonly outputNames: string;
  private readonly state: GraphState;

  constructor(
    private readonly native: NativeBackend,
    private readonly traced: Trace,
    inputs: Record<string, tf.Tensor>,
  ) {
    this.session = loadGraph(graphNodes(native, traced, inputs), native.binding);
    this.inputNames = Object.keys(inputs)
      .map((name) => `${inputName(name)}:0`)
      .join();
    this.outputNames = traced.outputs.map(({ name }) => `${outputName(name)}:0`).join();
    this.state = new GraphState(native, traced.variables, (fed, names, wanted) => this.call(fed, names, wanted));
  }

  /** Runs the function on inputs of the shapes that it was traced for. */
  run(inputs: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
    const ids = this.native.getInputTensorIds(Object.values(inputs));
    this.state.beforeRun();
    const results = this.call(ids, this.inputNames, this.outputNames);
    this.state.afterRun();
    const tensors = results.map((metadata) => this.native.createOutputTensor(metadata));
    return Object.fromEntries(this.traced.outputs.map(({ name }, i) => [name, tensors[i]!]));
  }

  /** Variables keep their values; the session and its memory go. */
  dispose(): void {
    this.state.release();
    this.native.binding.deleteSavedModel(this.session);
  }

  private call(fed: number[], names: string, wanted: string) {
    try {
      return this.native.binding.runSavedModel(this.session, fed, names, wanted);
    } catch (error) {
      throw new CompileError(located((error as Error).message, this.traced.origins), { cause: error });
    }
  }
}

/** TensorFlow's message, with the line of the caller's function that made the op that it names. */
function located(message: string, origins: ReadonlyMap<string, string>): string {
  const node = [...message.matchAll(/op\d+_\w+/g)].map(([name]) => name).find((name) => origins.has(name));
  return node ? `${message}\n${node} was made at ${origins.get(node)}` : message;
}

function outputName(name: string): string {
  return `output_${name}`;
}

/** The function's own nodes, and around them its inputs, variables and outputs. */
function graphNodes(
  { binding, tensorMap }: NativeBackend,
  traced: Trace,
  inputs: Record<string, tf.Tensor>,
): GraphNode[] {
  const type = (name: string, value: number): OpAttribute => ({ name, type: binding.TF_ATTR_TYPE, value });
  const shape = (value: number[]): OpAttribute => ({ name: "shape", type: binding.TF_ATTR_SHAPE, value });
  const text = (name: string, value: string): OpAttribute => ({ name, type: binding.TF_ATTR_STRING, value });
  const dtypeOf = (tensor: tf.Tensor) => tensorMap.get(tensor.dataId).dtype;
  const placeholder = (name: string, tensor: tf.Tensor): GraphNode => {
    return { name, op: "Placeholder", inputs: [], attributes: [type("dtype", dtypeOf(tensor)), shape(tensor.shape)] };
  };
  const variables = traced.variables.flatMap(({ variable, name, assigned }) => {
    const dtype = type("dtype", dtypeOf(variable));
    const assign = (node: string, value: string, after: string[]): GraphNode => {
      return { name: node, op: "AssignVariableOp", inputs: [name, value, ...after], attributes: [dtype] };
    };
    const read = readName(name);
    return [
      { name, op: "VarHandleOp", inputs: [], attributes: [dtype, shape(variable.shape), text("shared_name", name)] },
      { name: read, op: "ReadVariableOp", inputs: [name], attributes: [dtype] },
      placeholder(valueName(name), variable),
      assign(`${name}_push`, valueName(name), []),
      // What the function reads is the value from before: the assignment waits for it.
      ...(assigned === undefined ? [] : [assign(`${name}_assign`, assigned, [`^${read}`])]),
    ];
  });
  const assigned = traced.variables.filter((v) => v.assigned !== undefined).map(({ name }) => `^${name}_assign`);
  const one = { dtype: binding.TF_INT32, shape: [], values: Int32Array.of(1) };
  const done: GraphNode = {
    name: "done",
    op: "Const",
    inputs: [],
    attributes: [type("dtype", binding.TF_INT32), { name: "value", type: tensorAttribute, value: one }],
  };
  const pushes = traced.variables.map(({ name }) => `^${name}_push`);
  const push = {
    name: pushName,
    op: "Identity",
    inputs: ["done", ...pushes],
    attributes: [type("T", binding.TF_INT32)],
  };
  const outputs = traced.outputs.map(({ name, source, dtype }): GraphNode => {
    return { name: outputName(name), op: "Identity", inputs: [source, ...assigned], attributes: [type("T", dtype)] };
  });
  const placeholders = Object.entries(inputs).map(([name, tensor]) => placeholder(inputName(name), tensor));
  return [...placeholders, ...variables, ...traced.nodes, done, push, ...outputs];
}

/** A session on a graph. The file that hands it over is gone when this returns. */
function loadGraph(nodes: GraphNode[], binding: NativeBinding): number {
  const folder = mkdtempSync(join(tmpdir(), "heed-graph-"));
  try {
    writeFileSync(join(folder, "saved_model.pb"), savedModelBytes(nodes, binding));
    return binding.loadSavedModel(folder, "serve");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
