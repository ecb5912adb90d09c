import type * as tf from "@tensorflow/tfjs";
import { CompileError } from "../../config/errors.js";
import type { PrecisionKind } from "../../config/training.js";
import type { NativeBackend, NativeBinding, OpAttribute, TensorMetadata } from "../native.js";
import { canFail, readName, type Source, type TracedVariable } from "./graph.js";
import { type GraphNode, type TensorValue, tensorAttribute } from "./graphDef.js";
import { graphForm } from "./graphForm.js";
import { callerLine } from "./origin.js";
import type { Form } from "./shapes.js";
import { StandIns } from "./standIns.js";

/** TensorFlow's number for texts. */
const stringType = 7;

export interface TraceOptions {
  /** Whether values may be read back to JavaScript; what is computed from them is fixed in the graph. */
  allowReads: boolean;
  /** What matrix products are worked in. */
  precision: PrecisionKind;
}

/** A variable during a trace. */
interface KnownVariable {
  /** The graph's name for it. */
  node: string;
  /** The last op that changed it in place, and where its value comes from since. */
  changed?: { by: string; source: Source };
}

/** Records the ops that the backend executes while it watches a function. */
export class Tracer {
  readonly nodes: GraphNode[] = [];
  /** The line of the caller's function that made each node, by the node's name. */
  readonly origins = new Map<string, string>();
  private readonly sources = new Map<number, Source>();
  private readonly forms = new Map<number, Form>();
  /** The numbers of tensors made during the trace, by the addon's number for them. */
  private readonly constants = new Map<number, TensorValue>();
  /** What messages call an input or a variable, by its source. */
  private readonly labels = new Map<Source, string>();
  private readonly used = new Set<Source>();
  private readonly variables = new Map<tf.Variable, KnownVariable>();
  private readonly binding: NativeBinding;
  private readonly standIns: StandIns;

  constructor(
    private readonly native: NativeBackend,
    private readonly options: TraceOptions,
  ) {
    this.binding = native.binding;
    this.standIns = new StandIns(this.binding);
  }

  /** A tensor that stands for `tensor` during the trace and comes from `source`. */
  enter(tensor: tf.Tensor, source: Source, label: string): { tensor: tf.Tensor; dtype: number; shape: number[] } {
    const { shape } = tensor;
    const { dtype } = this.native.tensorMap.get(tensor.dataId);
    const own = this.options.allowReads
      ? this.identity(this.native.getInputTensorIds([tensor])[0]!)
      : this.standIns.make({ shape, dtype });
    this.sources.set(own.id, source);
    this.forms.set(own.id, own);
    this.labels.set(source, label);
    return { tensor: this.native.createOutputTensor(own), dtype, shape };
  }

  /** Lets `variable` be the graph's variable `node` during the trace. */
  enterVariable(variable: tf.Variable, node: string): void {
    this.variables.set(variable, { node });
    variable.assign(this.enter(variable, readName(node), `variable ${variable.name}`).tensor);
  }

  /** What a variable ends as: a value to assign, and the op that changed it in place last. */
  leaveVariable(variable: tf.Variable): Pick<TracedVariable, "assigned" | "changedBy" | "lastUse"> {
    const { node, changed } = this.variables.get(variable)!;
    const { source } = this.leave(variable);
    const isItsOwn = source === (changed?.source ?? readName(node));
    return {
      assigned: isItsOwn ? undefined : source,
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
    const name = `op${this.nodes.length}_${op}`;
    const known = variables.map((variable) => this.variables.get(variable)!);
    const values = this.native.getInputTensorIds(tensors).map((id) => this.sourceOf(id));
    const checks = this.nodes.filter(canFail).map((node) => node.name);
    const before = variables.map((variable, i) => this.assignFirst(variable, `${name}_assign${i}`, checks));
    const inputs = [...known.map(({ node }) => node), ...values, ...[...before, ...checks].map((node) => `^${node}`)];
    this.nodes.push({ name, op, inputs, attributes });
    this.origins.set(name, callerLine());
    variables.forEach((variable, i) => {
      const source = `${name}_read${i}`;
      const { dtype } = this.native.tensorMap.get(variable.dataId);
      const read = [this.typeAttribute("dtype", dtype)];
      this.nodes.push({ name: source, op: "ReadVariableOp", inputs: [known[i]!.node, `^${name}`], attributes: read });
      known[i]!.changed = { by: name, source };
      variable.assign(this.enter(variable, source, `variable ${variable.name}`).tensor);
    });
  }

  /** What a change of a variable must wait for. A value that was assigned meanwhile is put into the graph's variable. */
  private assignFirst(variable: tf.Variable, name: string, checks: string[]): string {
    const known = this.variables.get(variable)!;
    const { assigned } = this.leaveVariable(variable);
    if (assigned === undefined) return this.lastUse(known);
    const { dtype } = this.native.tensorMap.get(variable.dataId);
    const inputs = [known.node, assigned, ...[this.lastUse(known), ...checks].map((node) => `^${node}`)];
    this.nodes.push({ name, op: "AssignVariableOp", inputs, attributes: [this.typeAttribute("dtype", dtype)] });
    return name;
  }

  /** The node after which a variable's value is no longer needed. */
  private lastUse({ node, changed }: KnownVariable): string {
    if (!changed) return readName(node);
    return this.used.has(changed.source) ? changed.source : changed.by;
  }

  /** Where a tensor that the function hands out comes from. */
  leave(tensor: tf.Tensor): { source: Source; dtype: number } {
    const id = this.native.getInputTensorIds([tensor])[0]!;
    const source = this.sourceOf(id);
    return { source, dtype: this.forms.get(id)!.dtype };
  }

  /** Whether anything takes its value from `source`. */
  uses(source: Source): boolean {
    return this.used.has(source);
  }

  /** Runs `fn` while every op and constant that it makes is recorded. */
  watch<T>(fn: () => T): T {
    const { native, binding } = this;
    const random = Math.random;
    const watched: Partial<NativeBinding> = {
      createTensor: (shape, dtype, values) => this.create(shape, dtype, values),
      executeOp: (name, attributes, ids, outputs) => this.execute(name, attributes, ids, outputs),
      tensorDataSync: (id) => this.read(id),
    };
    // The addon's own functions are read-only: ours are defined in front of them.
    native.binding = Object.create(binding, Object.getOwnPropertyDescriptors(watched)) as NativeBinding;
    Math.random = () => {
      throw new CompileError(
        `a compiled function must not draw random numbers in JavaScript: ${callerLine()} (draw them with a seed that is an input)`,
      );
    };
    try {
      return fn();
    } finally {
      native.binding = binding;
      Math.random = random;
    }
  }

  private create(shape: number[], dtype: number, values: ArrayBufferView): number {
    if (dtype === stringType) throw noTexts();
    const id = this.binding.createTensor(shape, dtype, values);
    this.constants.set(id, { shape, dtype, values: copyOf(values) });
    return id;
  }

  private execute(op: string, attributes: OpAttribute[], ids: number[], count: number): TensorMetadata[] {
    const name = `op${this.nodes.length}_${op.replace(/^_/, "")}`;
    const line = callerLine();
    const inputs = ids.map((id) => this.sourceOf(id));
    const outputs = this.outputsOf([op, attributes, ids, count], `${name} is made at ${line}`);
    const forms = { inputs: ids.map((id) => this.forms.get(id)!), outputs };
    const { binding, options } = this;
    this.nodes.push(...graphForm({ name, op, inputs, attributes }, forms, { binding, precision: options.precision }));
    this.origins.set(name, line);
    outputs.forEach((output, i) => {
      this.forms.set(output.id, output);
      this.sources.set(output.id, i === 0 ? name : `${name}:${i}`);
    });
    return outputs;
  }

  /** What an op gives: stand-ins, unless all that it takes has numbers. An error gets `where` added. */
  private outputsOf(execution: Parameters<NativeBinding["executeOp"]>, where: string): TensorMetadata[] {
    const [op, attributes, ids, count] = execution;
    try {
      if (!ids.some((id) => this.standIns.has(id))) return this.binding.executeOp(...execution);
      const inputs = ids.map((id) => ({ ...this.forms.get(id)!, id }));
      return this.standIns.execute(op, attributes, inputs, count);
    } catch (error) {
      throw new CompileError(`${(error as Error).message}\n${where}`, { cause: error });
    }
  }

  private sourceOf(id: number): Source {
    const known = this.sources.get(id);
    if (known !== undefined) {
      this.used.add(known);
      return known;
    }
    const value = this.constants.get(id) ?? this.captured(id);
    const name = `constant${this.sources.size}`;
    const attributes = [
      this.typeAttribute("dtype", value.dtype),
      { name: "value", type: tensorAttribute, value } satisfies OpAttribute,
    ];
    this.nodes.push({ name, op: "Const", inputs: [], attributes });
    this.forms.set(id, value);
    this.sources.set(id, name);
    return name;
  }

  /** The numbers of a tensor made before the trace. */
  private captured(id: number): TensorValue {
    const { id: copy, shape, dtype } = this.identity(id);
    this.binding.deleteTensor(copy);
    if (dtype === stringType) throw noTexts();
    return { shape, dtype, values: copyOf(this.binding.tensorDataSync(id)) };
  }

  /** Another of the addon's tensors with the same numbers; TensorFlow says their shape and type with it. */
  private identity(id: number): TensorMetadata {
    return this.binding.executeOp("Identity", [], [id], 1)[0]!;
  }

  private typeAttribute(name: string, dtype: number): OpAttribute {
    return { name, type: this.binding.TF_ATTR_TYPE, value: dtype };
  }

  private read(id: number): ReturnType<NativeBinding["tensorDataSync"]> {
    const source = this.sources.get(id);
    if (source !== undefined && !source.startsWith("constant") && !this.options.allowReads) {
      const label = this.labels.get(source) ?? source;
      throw new CompileError(
        `a compiled function must not read values back to JavaScript: ${label} is read at ${callerLine()} (return it, or set allowReads to fix what follows from it)`,
      );
    }
    return this.binding.tensorDataSync(id);
  }
}

function noTexts(): CompileError {
  return new CompileError(`a compiled function must not use texts as tensors: ${callerLine()}`);
}

function copyOf(values: ArrayBufferView): ArrayBufferView {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
}
