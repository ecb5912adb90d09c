import * as tf from "@tensorflow/tfjs";
import { requireBfloat16 } from "../backends/bfloat16.js";
import { nativeBackend } from "../backends/native.js";
import { type PrecisionKind, precisionKinds } from "../config/training.js";
import { requireInteger, requireOneOf, show } from "../core/checks.js";
import { CompileError } from "../core/errors.js";
import { Program } from "./program.js";
import { isTracing, trace } from "./trace.js";

/** Tensors by name. */
export type Tensors = Record<string, tf.Tensor>;

export interface CompileOptions {
  /**
   * Whether the function may read values back to JavaScript while it is traced; what it computes from them is fixed in
   * the graph. @default false
   */
  allowReads?: boolean;
  /**
   * What the graph works products of float32 matrices in; sums, weights and everything else stay float32. The function
   * itself, where it is not compiled, ignores it. @default "float32"
   */
  precision?: PrecisionKind;
  /**
   * Whether XLA compiles the function to machine code, as a whole. It takes seconds at the first call, and an op that
   * XLA does not know is an error then. The function itself, where it is not compiled, ignores it. @default false
   */
  xla?: boolean;
  /** Most graphs to keep, one for each set of input shapes; the one unused for longest goes. @default 8 */
  maxGraphs?: number;
}

/** A compiled function: called like the function itself. */
export interface Compiled<Inputs extends Tensors, Outputs extends Tensors> {
  (inputs: Inputs): Outputs;
  /** Graphs made so far: one for each set of input shapes, unless one had to be made again. */
  readonly traces: number;
  /** Frees the graphs. Variables keep their values, and the function may be called again. */
  dispose(): void;
}

/**
 * `fn` as one TensorFlow graph, on backends that have graphs (native and gpu); elsewhere `fn` itself.
 *
 * The first call with inputs of new shapes or types runs `fn` once while the ops that it makes are recorded; that and
 * every later call runs the recorded graph as one call of the library. `fn` must be a function of its inputs and of
 * tf.Variables: it may read and assign variables made before, and everything else that it captures (tensors, numbers)
 * is fixed at the first call. Variables can be read, assigned, saved and shared with other compiled functions as usual.
 * Inside another compiled function, and under a gradient, a call runs `fn` itself and so becomes part of those.
 *
 * @throws ConfigError if `maxGraphs` is no whole number above 0, or `precision` is one that this processor or backend
 *   is not faster with.
 * @throws CompileError when called, if `fn` reads values back to JavaScript, draws random numbers there or makes
 *   variables; and, naming the line of `fn` that made the op, if TensorFlow refuses the graph or an op fails.
 */
export function compile<Inputs extends Tensors, Outputs extends Tensors>(
  fn: (inputs: Inputs) => Outputs,
  { allowReads = false, precision = "float32", xla = false, maxGraphs = 8 }: CompileOptions = {},
): Compiled<Inputs, Outputs> {
  requireInteger("compile.maxGraphs", maxGraphs);
  if (requireOneOf("compile.precision", precision, precisionKinds) === "bfloat16") requireBfloat16();
  const options = { allowReads, precision, xla };
  const graphs = new Map<string, Program>();
  let traces = 0;
  const call = (inputs: Inputs): Outputs => {
    const native = nativeBackend();
    if (!native || isTracing() || tf.engine().state.gradientDepth > 0) return fn(inputs);
    const key = signature(inputs);
    let program = graphs.get(key);
    if (program)
      graphs.delete(key); // and set again below, as the one used last
    else {
      program = new Program(native, trace(native, inputs, fn, options), options);
      traces++;
    }
    graphs.set(key, program);
    if (graphs.size > maxGraphs) drop(graphs, [...graphs.keys()][0]!);
    return program.run(inputs) as Outputs;
  };
  const dispose = () => {
    for (const key of [...graphs.keys()]) drop(graphs, key);
  };
  Object.defineProperty(call, "traces", { get: () => traces });
  return Object.assign(call, { dispose }) as Compiled<Inputs, Outputs>;
}

function drop(graphs: Map<string, Program>, key: string): void {
  graphs.get(key)!.dispose();
  graphs.delete(key);
}

/** What must be the same for a graph to serve: the names, types and shapes of the inputs, in any order. */
function signature(inputs: Tensors): string {
  let text = "";
  for (const key of Object.keys(inputs).sort()) {
    const tensor: unknown = inputs[key];
    if (!(tensor instanceof tf.Tensor) || tensor.isDisposed) {
      const got = tensor instanceof tf.Tensor ? "a disposed one" : show(tensor);
      throw new CompileError(`a compiled function takes tensors by name: got ${got} for ${key}`);
    }
    text += `${JSON.stringify(key)}${tensor.dtype}[${tensor.shape}]`;
  }
  return text;
}
