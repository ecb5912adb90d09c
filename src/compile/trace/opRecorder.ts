import type * as tf from "@tensorflow/tfjs";
import type { NativeBackend, NativeBinding, OpAttribute, TensorMetadata } from "../../backends/native.js";
import type { PrecisionKind } from "../../config/training.js";
import { CompileError } from "../../core/errors.js";
import { type GraphNode, type Source, type TensorValue, tensorAttribute } from "../graph/graphDef.js";
import { shapedByValues } from "../graph/opTraits.js";
import { type CodeLine, callerLine } from "./callerLine.js";
import { graphForm } from "./graphForm.js";
import type { Form } from "./outputForm.js";
import { StandIns } from "./standIns.js";

/** TensorFlow's number for the type of texts. */
const stringType = 7;

export interface TraceOptions {
  /** Whether values may be read back to JavaScript. What is computed from them is fixed in the graph. */
  allowReads: boolean;
  /** The precision of matrix products. */
  precision: PrecisionKind;
  /** Whether the graph is for XLA. */
  xla: boolean;
}

/** A graph, or a function inside a graph, while it is traced. */
class Scope {
  readonly nodes: GraphNode[] = [];
  /** Where values come from, by the addon's number for them. */
  readonly sources = new Map<number, Source>();
  /** The addon's numbers for values of the scope around this one, by the names that they have here. */
  readonly captured = new Map<Source, number>();
  /** Sources that something takes a value from. */
  readonly used = new Set<Source>();

  constructor(readonly outer?: Scope) {}
}

/** Records the ops that the backend executes while a function runs: each becomes a node that computes the same. */
export class OpRecorder {
  /** Where new nodes go. */
  scope = new Scope();
  /** The line of the caller's code that made each node, by the node's name. */
  readonly origins = new Map<string, CodeLine | string>();
  private readonly forms = new Map<number, Form>();
  /** The addon's numbers for inputs, variables and the outputs of ops: everything but constants. */
  private readonly computed = new Set<number>();
  /** The values of constants made during the trace, by the addon's number for them. */
  private readonly constants = new Map<number, TensorValue>();
  /** What messages call an input or a variable, by its source. */
  private readonly labels = new Map<Source, string>();
  private readonly binding: NativeBinding;
  private readonly standIns: StandIns;
  /** The first refusal: the function may have caught the error, or thrown it where nobody awaits it. */
  private firstRefusal: CompileError | undefined;
  /** The number of ops so far, in all scopes. */
  private count = 0;

  constructor(
    private readonly native: NativeBackend,
    private readonly options: TraceOptions,
  ) {
    this.binding = native.binding;
    this.standIns = new StandIns(this.binding);
  }

  /** A tensor to use in place of `tensor` during the trace; its value comes from `source`. */
  enter(tensor: tf.Tensor, source: Source, label: string): { tensor: tf.Tensor; dtype: number; shape: number[] } {
    const { shape } = tensor;
    const dtype = this.dtypeOf(tensor);
    const own = this.options.allowReads
      ? this.identity(this.native.getInputTensorIds([tensor])[0]!)
      : this.standIns.make({ shape, dtype });
    this.know(own, source);
    this.labels.set(source, label);
    return { tensor: this.native.createOutputTensor(own), dtype, shape };
  }

  /** Where a tensor comes from; counts as a use of it. */
  sourceOf(tensor: tf.Tensor): Source {
    return this.sourceOfId(this.native.getInputTensorIds([tensor])[0]!);
  }

  /** Whether a tensor comes from `source`; does not count as a use. */
  isFrom(source: Source, tensor: tf.Tensor): boolean {
    return this.scope.sources.get(this.native.getInputTensorIds([tensor])[0]!) === source;
  }

  /** TensorFlow's number for a tensor's type. */
  dtypeOf({ dataId }: tf.Tensor): number {
    return this.native.tensorMap.get(dataId).dtype;
  }

  /** Adds an op that the function did not execute itself, under a new name. */
  add(node: GraphNode): void {
    this.scope.nodes.push(node);
    this.origins.set(node.name, callerLine());
  }

  newName(op: string): string {
    return `op${this.count++}_${op}`;
  }

  /** Runs `fn` and records it as a function inside the graph. Returns its scope, and what it uses from outside. */
  inside(fn: () => void): { scope: Scope; captured: { name: string; dtype: number; source: Source }[] } {
    const outer = this.scope;
    const scope = new Scope(outer);
    this.scope = scope;
    try {
      fn();
    } finally {
      this.scope = outer;
    }
    const captured = [...scope.captured].map(([name, id]) => {
      return { name, dtype: this.forms.get(id)!.dtype, source: this.sourceOfId(id) };
    });
    return { scope, captured };
  }

  /** Runs `fn` and records every op and constant that it makes. */
  record<T>(fn: () => T): T {
    const instead: Partial<NativeBinding> = {
      createTensor: (shape, dtype, values) => this.create(shape, dtype, values),
      executeOp: (name, attributes, ids, outputs) => this.execute(name, attributes, ids, outputs),
      tensorDataSync: (id) => this.read(id),
      deleteTensor: (id) => {
        this.standIns.forget(id);
        this.binding.deleteTensor(id);
      },
    };
    const { random } = Math;
    // The addon's own functions are read-only: an object with ours inherits from it.
    this.native.binding = Object.create(this.binding, Object.getOwnPropertyDescriptors(instead)) as NativeBinding;
    Math.random = () => {
      throw this.refuse(`draw random numbers in JavaScript: ${callerLine()} (draw them with a seed that is an input)`);
    };
    try {
      return fn();
    } finally {
      this.native.binding = this.binding;
      Math.random = random;
    }
  }

  /**
   * Call this when the function has ended and every tensor that it did not keep is freed.
   *
   * @throws CompileError if it did anything that it must not do, even if it caught the error.
   */
  requireNothingRefused(): void {
    for (const id of this.standIns.ids()) {
      const source = this.scope.sources.get(id) ?? "a tensor";
      const origin = this.origins.get(source.split(":")[0]!);
      const what = this.labels.get(source) ?? (origin ? `${source} is made at ${origin}` : source);
      throw this.refuse(`keep tensors: ${what} (return it, or assign it to a variable)`);
    }
    if (this.firstRefusal) throw this.firstRefusal;
  }

  /** The error to throw when the function did what it must not; `what` goes on "a compiled function must not". */
  private refuse(what: string): CompileError {
    const error = new CompileError(`a compiled function must not ${what}`);
    this.firstRefusal ??= error;
    return error;
  }

  private create(shape: number[], dtype: number, values: ArrayBufferView): number {
    if (dtype === stringType) throw this.noTexts();
    const id = this.binding.createTensor(shape, dtype, values);
    this.constants.set(id, { shape, dtype, values: copyOf(values) });
    return id;
  }

  private execute(op: string, attributes: OpAttribute[], ids: number[], count: number): TensorMetadata[] {
    const name = this.newName(op.replace(/^_/, ""));
    this.origins.set(name, callerLine());
    if (ids.some((id) => this.standIns.has(id))) this.requireTraceable(op, name, ids);
    const inputs = ids.map((id) => this.sourceOfId(id));
    const outputs = this.outputsOf(name, [op, attributes, ids, count]);
    const forms = { inputs: ids.map((id) => this.forms.get(id)!), outputs };
    const { binding, options, scope } = this;
    scope.nodes.push(...graphForm({ name, op, inputs, attributes }, forms, { binding, precision: options.precision }));
    for (const [i, output] of outputs.entries()) this.know(output, i === 0 ? name : `${name}:${i}`);
    return outputs;
  }

  /** Stand-ins have no values, which some ops need. */
  private requireTraceable(op: string, name: string, ids: number[]): void {
    if (ids.some((id) => this.forms.get(id)?.dtype === stringType)) throw this.noTexts();
    if (!shapedByValues.has(op)) return;
    throw this.refuse(`use ops whose shapes depend on values: ${name} is made at ${this.origins.get(name)}`);
  }

  private know(tensor: TensorMetadata, source: Source): void {
    this.scope.sources.set(tensor.id, source);
    this.forms.set(tensor.id, tensor);
    this.computed.add(tensor.id);
  }

  /** The outputs of an op: stand-ins, unless all of its inputs have values. Adds the caller's line to an error. */
  private outputsOf(name: string, execution: Parameters<NativeBinding["executeOp"]>): TensorMetadata[] {
    const [op, attributes, ids, count] = execution;
    try {
      if (!ids.some((id) => this.standIns.has(id))) return this.binding.executeOp(...execution);
      const inputs = ids.map((id) => ({ ...this.forms.get(id)!, id }));
      return this.standIns.execute(op, attributes, inputs, count);
    } catch (error) {
      const { message } = error as Error;
      throw new CompileError(`${message}\n${name} is made at ${this.origins.get(name)}`, { cause: error });
    }
  }

  private sourceOfId(id: number): Source {
    const { sources, used } = this.scope;
    const source = sources.get(id) ?? (this.computed.has(id) ? this.captured(id) : this.constant(id));
    sources.set(id, source);
    used.add(source);
    return source;
  }

  /** A name in this scope for a value of the scope around it. */
  private captured(id: number): Source {
    const { captured, outer } = this.scope;
    if (!outer) {
      throw new CompileError(
        `a value made in repeat must not be used after it: ${callerLine()} (assign it to a variable in repeat)`,
      );
    }
    const name = `captured${captured.size}`;
    captured.set(name, id);
    return name;
  }

  private constant(id: number): Source {
    const value = this.constants.get(id) ?? this.valueOf(id);
    const name = `constant${this.scope.sources.size}`;
    const attributes = [
      { name: "dtype", type: this.binding.TF_ATTR_TYPE, value: value.dtype },
      { name: "value", type: tensorAttribute, value } satisfies OpAttribute,
    ];
    this.scope.nodes.push({ name, op: "Const", inputs: [], attributes });
    this.forms.set(id, value);
    return name;
  }

  /** The values of a tensor made before the trace. */
  private valueOf(id: number): TensorValue {
    const { id: copy, shape, dtype } = this.identity(id);
    this.binding.deleteTensor(copy);
    if (dtype === stringType) throw this.noTexts();
    return { shape, dtype, values: copyOf(this.binding.tensorDataSync(id)) };
  }

  /** Another tensor of the addon with the same values, and their shape and type. */
  private identity(id: number): TensorMetadata {
    return this.binding.executeOp("Identity", [], [id], 1)[0]!;
  }

  private read(id: number): ReturnType<NativeBinding["tensorDataSync"]> {
    if (this.computed.has(id) && !this.options.allowReads) {
      const source = this.sourceOfId(id);
      const label = this.labels.get(source) ?? source;
      throw this.refuse(
        `read values back to JavaScript: ${label} is read at ${callerLine()} (return it, or set allowReads to fix what follows from it)`,
      );
    }
    return this.binding.tensorDataSync(id);
  }

  private noTexts(): CompileError {
    return this.refuse(`use texts as tensors: ${callerLine()}`);
  }
}

function copyOf(values: ArrayBufferView): ArrayBufferView {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
}
