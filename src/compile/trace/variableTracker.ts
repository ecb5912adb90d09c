import * as tf from "@tensorflow/tfjs";
import type { NativeBackend, NativeBinding, OpAttribute } from "../../backends/native.js";
import { CompileError } from "../../core/errors.js";
import type { GraphFunction, Source } from "../graph/graphDef.js";
import { fallibleOps } from "../graph/opTraits.js";
import { whileLoop } from "../graph/whileLoop.js";
import { OpRecorder, type TraceOptions } from "./opRecorder.js";
import { readName, type TracedVariable } from "./tracedFunction.js";

/** An op of TensorFlow that changes variables in place, such as ResourceApplyAdam. */
export interface InPlaceOp {
  op: string;
  attributes: OpAttribute[];
  /** Its first inputs. */
  variables: tf.Variable[];
  /** Its other inputs. */
  tensors: tf.Tensor[];
}

/** A variable during a trace. */
interface KnownVariable {
  /** Its name in the graph. */
  node: string;
  /** The last op that changed it in place, and the source of its value from then on. */
  changed?: { by: string; source: Source };
}

/**
 * Records what a function does with variables: which it reads, assigns or changes in place, and which a loop carries
 * from turn to turn. Everything else is recorded by its OpRecorder.
 */
export class VariableTracker {
  readonly recorder: OpRecorder;
  /** The bodies and conditions of loops. */
  readonly functions: GraphFunction[] = [];
  private readonly variables = new Map<tf.Variable, KnownVariable>();
  private readonly binding: NativeBinding;

  constructor(
    native: NativeBackend,
    private readonly options: TraceOptions,
  ) {
    this.binding = native.binding;
    this.recorder = new OpRecorder(native, options);
  }

  /** Makes `variable` stand for the graph's variable `node` during the trace. */
  enterVariable(variable: tf.Variable, node: string): void {
    this.variables.set(variable, { node });
    this.replace(variable, readName(node));
  }

  /** How the function leaves a variable: the value to assign, and the last op that changed it in place. */
  leaveVariable(variable: tf.Variable): Pick<TracedVariable, "assigned" | "changedBy" | "lastUse"> {
    const { node, changed } = this.variables.get(variable)!;
    const isUnassigned = this.recorder.isFrom(changed?.source ?? readName(node), variable);
    return {
      assigned: isUnassigned ? undefined : this.recorder.sourceOf(variable),
      changedBy: changed?.by,
      lastUse: this.lastUse({ node, changed }),
    };
  }

  /**
   * Records an op that changes variables in place. It waits for the ops that read the old values, and for every op so
   * far that can fail. From here on the variables have their new values.
   */
  changeInPlace({ op, attributes, variables, tensors }: InPlaceOp): void {
    const { recorder } = this;
    if (recorder.scope.outer) throw new CompileError(`repeat must not change variables in place: got ${op}`);
    const name = recorder.newName(op);
    const known = variables.map((variable) => this.variables.get(variable)!);
    const values = tensors.map((tensor) => recorder.sourceOf(tensor));
    const checks = recorder.scope.nodes.filter((node) => fallibleOps.has(node.op)).map((node) => node.name);
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

  /** Records a loop: `body` once, as a function inside the graph, and an op that runs it `count` times. */
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
    const made = whileLoop(recorder.newName("While"), binding, {
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

  /** Assigns a variable a tensor that comes from `source`. */
  private replace(variable: tf.Variable, source: Source): void {
    const { tensor } = this.recorder.enter(variable, source, `variable ${variable.name}`);
    variable.assign(tensor);
  }

  /** The node that a change of a variable must wait for. If a value was assigned before, it is stored first. */
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
