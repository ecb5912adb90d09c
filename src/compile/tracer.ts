import * as tf from "@tensorflow/tfjs";
import type { NativeBackend, NativeBinding, OpAttribute } from "../backends/native.js";
import { CompileError } from "../core/errors.js";
import { canFail, readName, type Source, type TracedVariable } from "./graph.js";
import type { GraphFunction } from "./graphDef.js";
import { loop } from "./loop.js";
import { Recorder, type TraceOptions } from "./recorder.js";

/** A variable during a trace. */
interface KnownVariable {
  /** The graph's name for it. */
  node: string;
  /** The last op that changed it in place, and where its value comes from since. */
  changed?: { by: string; source: Source };
}

/** Records what a function does, with variables too. */
export class Tracer {
  readonly recorder: Recorder;
  /** What nodes call. */
  readonly functions: GraphFunction[] = [];
  private readonly variables = new Map<tf.Variable, KnownVariable>();
  private readonly binding: NativeBinding;

  constructor(
    native: NativeBackend,
    private readonly options: TraceOptions,
  ) {
    this.binding = native.binding;
    this.recorder = new Recorder(native, options);
  }

  /** Lets `variable` be the graph's variable `node` during the trace. */
  enterVariable(variable: tf.Variable, node: string): void {
    this.variables.set(variable, { node });
    this.replace(variable, readName(node));
  }

  /** What a variable ends as: a value to assign, and the op that changed it in place last. */
  leaveVariable(variable: tf.Variable): Pick<TracedVariable, "assigned" | "changedBy" | "lastUse"> {
    const { node, changed } = this.variables.get(variable)!;
    const isItsOwn = this.recorder.isFrom(changed?.source ?? readName(node), variable);
    return {
      assigned: isItsOwn ? undefined : this.recorder.sourceOf(variable),
      changedBy: changed?.by,
      lastUse: this.lastUse({ node, changed }),
    };
  }

  /**
   * Records an op that changes variables in place, such as ResourceApplyAdam: its inputs are the variables, then
   * `tensors`. It waits for what read the variables before, and for every op so far that can fail. From here on the
   * variables have their new values.
   */
  changeInPlace(op: string, attributes: OpAttribute[], variables: tf.Variable[], tensors: tf.Tensor[]): void {
    const { recorder } = this;
    if (recorder.scope.outer) throw new CompileError(`repeat must not change variables in place: got ${op}`);
    const name = recorder.newName(op);
    const known = variables.map((variable) => this.variables.get(variable)!);
    const values = tensors.map((tensor) => recorder.sourceOf(tensor));
    const checks = recorder.scope.nodes.filter(canFail).map((node) => node.name);
    const before = variables.map((variable, i) => this.assignFirst(variable, `${name}_assign${i}`, checks));
    const inputs = [...known.map(({ node }) => node), ...values, ...[...before, ...checks].map((node) => `^${node}`)];
    recorder.add({ name, op, inputs, attributes });
    for (const [i, variable] of variables.entries()) {
      const source = `${name}_read${i}`;
      const read = [this.dtypeAttribute(variable)];
      recorder.add({ name: source, op: "ReadVariableOp", inputs: [known[i]!.node, `^${name}`], attributes: read });
      known[i]!.changed = { by: name, source };
      this.replace(variable, source);
    }
  }

  /** Records a loop: `body` once, as a function of the graph's, and an op that runs it `count` times. */
  repeat(count: tf.Scalar, body: (turn: tf.Scalar) => void, { long }: { long: boolean }): void {
    const { recorder, binding } = this;
    const all = [...this.variables.keys()].map((variable, i) => {
      return { variable, before: variable.clone(), name: `state${i}`, next: `state${i}` };
    });
    const { scope, captured } = recorder.inside(() => {
      const turn = tf.tidy(() => recorder.enter(tf.scalar(0, "int32"), "turn", "the turn of repeat").tensor);
      for (const { variable, name } of all) this.replace(variable, name);
      tf.tidy(() => void body(turn as tf.Scalar));
      for (const each of all) {
        if (!recorder.isFrom(each.name, each.variable)) each.next = recorder.sourceOf(each.variable);
      }
    });
    for (const { variable, before } of all) variable.assign(before);
    const state = all.filter(({ name, next }) => next !== name || scope.used.has(name));
    const made = loop(recorder.newName("While"), binding, {
      count: recorder.sourceOf(count),
      nodes: scope.nodes,
      state: state.map(({ name, next, before }) => {
        return { name, next, first: recorder.sourceOf(before), dtype: recorder.dtypeOf(before) };
      }),
      captured,
      isInlined: long && !this.options.xla,
    });
    this.functions.push(...made.functions);
    for (const node of made.nodes) recorder.add(node);
    for (const [i, { variable, name, next }] of state.entries()) {
      if (next !== name) this.replace(variable, made.outputs[i]!);
    }
    tf.dispose(all.map(({ before }) => before));
  }

  /** Gives a variable a tensor that comes from `source`. */
  private replace(variable: tf.Variable, source: Source): void {
    const { tensor } = this.recorder.enter(variable, source, `variable ${variable.name}`);
    variable.assign(tensor);
  }

  /** What a change of a variable must wait for. A value that was assigned meanwhile is put into the graph's variable. */
  private assignFirst(variable: tf.Variable, name: string, checks: string[]): string {
    const known = this.variables.get(variable)!;
    const { assigned } = this.leaveVariable(variable);
    if (assigned === undefined) return this.lastUse(known);
    const inputs = [known.node, assigned, ...[this.lastUse(known), ...checks].map((node) => `^${node}`)];
    this.recorder.add({ name, op: "AssignVariableOp", inputs, attributes: [this.dtypeAttribute(variable)] });
    return name;
  }

  /** The node after which a variable's value is no longer needed. */
  private lastUse({ node, changed }: KnownVariable): string {
    if (!changed) return readName(node);
    return this.recorder.scope.used.has(changed.source) ? changed.source : changed.by;
  }

  private dtypeAttribute(variable: tf.Variable): OpAttribute {
    return { name: "dtype", type: this.binding.TF_ATTR_TYPE, value: this.recorder.dtypeOf(variable) };
  }
}
