import * as tf from "@tensorflow/tfjs";
import { requireBfloat16 } from "../backends/bfloat16.js";
import { nativeBackend } from "../backends/native.js";
import { type PrecisionKind, precisionKinds } from "../config/training.js";
import { requireInteger, requireOneOf, show } from "../core/checks.js";
import { CompileError } from "../core/errors.js";
import { Session } from "./session/session.js";
import { currentTrace, type Tensors, trace } from "./trace/trace.js";

export type { Tensors };

export interface CompileOptions {
  /**
   * Whether the function may read values back to JavaScript while it is traced. What it computes from them is fixed in
   * the graph. @default false
   */
  allowReads?: boolean;
  /**
   * The precision of products of float32 matrices. Sums, weights and everything else stay float32. Ignored where the
   * function is not compiled. @default "float32"
   */
  precision?: PrecisionKind;
  /**
   * Whether XLA compiles the function as a whole to machine code. This takes seconds at the first call, and an op that
   * XLA does not know is an error. Ignored where the function is not compiled. @default false
   */
  xla?: boolean;
  /** How many graphs to keep, one per set of input shapes; the least recently used is freed first. @default 8 */
  maxGraphs?: number;
}

/** A compiled function: called like the function itself. */
export interface Compiled<Inputs extends Tensors, Outputs extends Tensors> {
  (inputs: Inputs): Outputs;
  /** How many graphs were made so far: one per set of input shapes, and one more whenever one was made again. */
  readonly traces: number;
  /** Frees the graphs. Variables keep their values, and you may call the function again. */
  dispose(): void;
}

/**
 * Returns `fn` as one TensorFlow graph on backends that have graphs (native and gpu), and a wrapper of `fn` elsewhere.
 *
 * The first call with inputs of new shapes or types runs `fn` once and records its ops. That call and every later one
 * run the recorded graph as a single call into TensorFlow. `fn` must be a function of its inputs and of tf.Variables
 * made before; it may read and assign those. Everything else that it captures (tensors, numbers) is fixed at the first
 * call. You can read, assign, save and share the variables as usual. Inside another compiled function, or under a
 * gradient, a call runs `fn` itself, so that it becomes part of that graph or gradient.
 *
 * @throws ConfigError if `maxGraphs` is not a whole number above 0, or this processor or backend does not gain from
 *   `precision`.
 * @throws CompileError when called, if `fn` reads values back to JavaScript, draws random numbers there or makes
 *   variables; also if TensorFlow refuses the graph or an op fails: the message then names the line that made the op.
 */
export function compile<Inputs extends Tensors, Outputs extends Tensors>(
  fn: (inputs: Inputs) => Outputs,
  { allowReads = false, precision = "float32", xla = false, maxGraphs = 8 }: CompileOptions = {},
): Compiled<Inputs, Outputs> {
  requireInteger("compile.maxGraphs", maxGraphs);
  if (requireOneOf("compile.precision", precision, precisionKinds) === "bfloat16") requireBfloat16();
  const options = { allowReads, precision, xla };
  const sessions = new Map<string, Session>();
  let traces = 0;
  const call = (inputs: Inputs): Outputs => {
    const native = nativeBackend();
    if (!native || currentTrace() || tf.engine().state.gradientDepth > 0) return fn(inputs);
    const key = signature(inputs);
    let session = sessions.get(key);
    if (session)
      sessions.delete(key); // and set again below, as the one used last
    else {
      session = new Session(native, trace(native, inputs, fn, options), options);
      traces++;
    }
    sessions.set(key, session);
    if (sessions.size > maxGraphs) drop(sessions, [...sessions.keys()][0]!);
    return session.run(inputs) as Outputs;
  };
  const dispose = () => {
    for (const key of [...sessions.keys()]) drop(sessions, key);
  };
  Object.defineProperty(call, "traces", { get: () => traces });
  return Object.assign(call, { dispose }) as Compiled<Inputs, Outputs>;
}

function drop(sessions: Map<string, Session>, key: string): void {
  sessions.get(key)!.dispose();
  sessions.delete(key);
}

/** The names, types and shapes of the inputs, in any order: what a graph is made for. */
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
