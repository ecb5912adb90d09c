import * as tf from "@tensorflow/tfjs";
import type { NativeBackend } from "../../backends/native.js";
import { show } from "../../core/checks.js";
import { CompileError } from "../../core/errors.js";
import type { TraceOptions } from "./opRecorder.js";
import { isChanged, readName, type TracedFunction } from "./tracedFunction.js";
import { VariableTracker } from "./variableTracker.js";

/** Tensors by name. */
export type Tensors = Record<string, tf.Tensor>;

let current: VariableTracker | undefined;

/** Of the function that is being traced, if there is one: whatever it calls becomes part of its graph. */
export function currentTrace(): VariableTracker | undefined {
  return current;
}

/**
 * Runs `fn` once and records the TensorFlow ops that it executes. Variables end as they were before.
 *
 * `fn` gets inputs and variables as tensors of the addon that nobody else has. This tells them apart from tensors that
 * `fn` captures: a clone of a variable, the tensor that an input was made from, two variables made from one tensor.
 *
 * @throws CompileError if `fn` reads a value back to JavaScript, draws a random number there, makes or disposes a
 *   variable, keeps a tensor, uses an op whose shapes depend on values, or returns anything but tensors by name.
 */
export function trace<Inputs extends Tensors>(
  native: NativeBackend,
  inputs: Inputs,
  fn: (inputs: Inputs) => Tensors,
  options: TraceOptions,
): TracedFunction {
  const engine = tf.engine();
  const variables = registeredVariables();
  const tracker = new VariableTracker(native, options);
  const { recorder } = tracker;
  const before = variables.map((variable) => variable.clone());
  engine.startScope();
  current = tracker;
  let traced: TracedFunction;
  try {
    const entered = Object.keys(inputs)
      .sort()
      .map((key, i) => ({ key, node: `in${i}`, ...recorder.enter(inputs[key]!, `in${i}`, `input ${key}`) }));
    for (const [i, variable] of variables.entries()) tracker.enterVariable(variable, `var${i}`);
    const results = recorder.record(() => {
      return fn(Object.fromEntries(entered.map(({ key, tensor }) => [key, tensor])) as Inputs);
    });
    requireTensors(results);
    requireSameVariables(variables);
    const outputs = Object.entries(results).map(([key, tensor], i) => {
      return { key, node: `out${i}`, source: recorder.sourceOf(tensor), dtype: recorder.dtypeOf(tensor) };
    });
    const left = variables.map((variable, i) => {
      return { variable, node: `var${i}`, dtype: recorder.dtypeOf(variable), ...tracker.leaveVariable(variable) };
    });
    traced = {
      inputs: entered.map(({ key, node, dtype, shape }) => ({ key, node, dtype, shape })),
      outputs,
      // Filtered only now: an assignment or an output may be the only use of another variable.
      variables: left.filter((variable) => isChanged(variable) || recorder.scope.used.has(readName(variable.node))),
      nodes: recorder.scope.nodes,
      functions: tracker.functions,
      origins: recorder.origins,
    };
  } finally {
    current = undefined;
    recorder.record(() => {
      engine.endScope();
      restore(variables, before);
    });
  }
  recorder.requireNothingRefused();
  return traced;
}

function restore(variables: tf.Variable[], before: tf.Tensor[]): void {
  for (const variable of registeredVariables()) if (!variables.includes(variable)) variable.dispose();
  for (const [i, variable] of variables.entries()) {
    if (!variable.isDisposed) variable.assign(before[i]!);
    before[i]!.dispose();
  }
}

function registeredVariables(): tf.Variable[] {
  return Object.values(tf.engine().state.registeredVariables) as tf.Variable[];
}

function requireTensors(results: unknown): asserts results is Tensors {
  const rule = "a compiled function must return tensors by name, such as { loss }";
  if (typeof results !== "object" || results === null) throw new CompileError(`${rule}: got ${show(results)}`);
  if (results instanceof tf.Tensor) throw new CompileError(`${rule}: got a tensor`);
  if ("then" in results) {
    Promise.resolve(results).catch(() => {}); // nobody awaits it, and what it still does fails
    throw new CompileError(`${rule}: got a promise (it must not be async)`);
  }
  if (Array.isArray(results)) throw new CompileError(`${rule}: got an array`);
  for (const [key, value] of Object.entries(results)) {
    if (!(value instanceof tf.Tensor)) throw new CompileError(`${rule}: got ${show(value)} for ${key}`);
    if (value.isDisposed) throw new CompileError(`${rule}: got a disposed one for ${key}`);
  }
}

function requireSameVariables(before: tf.Variable[]): void {
  const made = registeredVariables().find((variable) => !before.includes(variable));
  if (made) {
    throw new CompileError(
      `a compiled function must not make variables: got ${made.name} (make it before, and assign it)`,
    );
  }
  const disposed = before.find((variable) => variable.isDisposed);
  if (disposed) throw new CompileError(`a compiled function must not dispose variables: got ${disposed.name}`);
}
