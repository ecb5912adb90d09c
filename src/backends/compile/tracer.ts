import * as tf from "@tensorflow/tfjs";
import { CompileError } from "../../config/errors.js";
import type { NativeBackend, NativeBinding, OpAttribute, TensorMetadata } from "../native.js";
import { type GraphNode, type TensorValue, tensorAttribute } from "./graphDef.js";
import { callerLine } from "./origin.js";

/** Where a tensor of a trace comes from: a node of the graph, and which of its outputs. */
type Source = string;

/** Type attributes that tfjs-node leaves to be inferred, one for each input; a graph must state them. */
const inferredTypes: Record<string, string[]> = { ExpandDims: ["T", "Tdim"] };

/** What a function did while it was watched: a graph, and what stands at its edges. */
export interface Trace {
  nodes: GraphNode[];
  /** The line of the caller's function that made each node, by the node's name. */
  origins: Map<string, string>;
  /** Variables that the function reads or assigns, each with the graph's name for it. */
  variables: { variable: tf.Variable; name: string; assigned: Source | undefined }[];
  /** Where each output comes from. */
  outputs: { name: string; source: Source; dtype: number }[];
}

export interface TraceOptions {
  /** Whether values may be read back to JavaScript; what is computed from them is fixed in the graph. */
  allowReads: boolean;
}

/**
 * Runs `fn` once and records the TensorFlow ops that it makes. Variables end as they were before.
 *
 * @throws CompileError if `fn` reads a value back to JavaScript, draws a random number there, or makes a variable.
 */
export function trace(
  native: NativeBackend,
  inputs: Record<string, tf.Tensor>,
  fn: () => Record<string, tf.Tensor>,
  options: TraceOptions,
): Trace {
  const registered = Object.values(tf.engine().state.registeredVariables) as tf.Variable[];
  const tracer = new Tracer(native, options);
  for (const [name, tensor] of Object.entries(inputs)) tracer.name(tensor, inputName(name));
  registered.forEach((variable, i) => {
    tracer.name(variable, readName(i));
  });
  const before = registered.map((variable) => variable.clone());
  tf.engine().startScope();
  try {
    const outputs = tracer.watch(fn);
    requireSameVariables(registered);
    return {
      outputs: Object.entries(outputs).map(([name, tensor]) => {
        return { name, source: tracer.source(tensor), dtype: native.tensorMap.get(tensor.dataId).dtype };
      }),
      variables: registered.flatMap((variable, i) => {
        const assigned = variable.dataId === before[i]!.dataId ? undefined : tracer.source(variable);
        const isUsed = assigned !== undefined || tracer.reads(readName(i));
        return isUsed ? [{ variable, name: `variable${i}`, assigned }] : [];
      }),
      nodes: tracer.nodes,
      origins: tracer.origins,
    };
  } finally {
    tf.engine().endScope();
    registered.forEach((variable, i) => {
      if (variable.dataId !== before[i]!.dataId) variable.assign(before[i]!);
      before[i]!.dispose();
    });
  }
}

export function inputName(name: string): Source {
  return `input_${name}`;
}

/** The node that reads the variable of a name made by `trace`. */
export function readName(variable: number | string): Source {
  return typeof variable === "number" ? `variable${variable}_read` : `${variable}_read`;
}

class Tracer {
  readonly nodes: GraphNode[] = [];
  readonly origins = new Map<string, string>();
  private readonly sources = new Map<number, Source>();
  private readonly dtypes = new Map<number, number>();
  private readonly constants = new Map<number, TensorValue>();
  private readonly used = new Set<Source>();
  private readonly binding: NativeBinding;

  constructor(
    private readonly native: NativeBackend,
    private readonly options: TraceOptions,
  ) {
    this.binding = native.binding;
  }

  /** Says where a tensor made before the trace comes from. */
  name(tensor: tf.Tensor, source: Source): void {
    const id = this.id(tensor);
    this.sources.set(id, source);
    this.dtypes.set(id, this.native.tensorMap.get(tensor.dataId).dtype);
  }

  /** Where a tensor comes from, as an op's input names it. */
  source(tensor: tf.Tensor): Source {
    return this.sourceOf(this.id(tensor));
  }

  reads(source: Source): boolean {
    return this.used.has(source);
  }

  /** Runs `fn` while every op and constant that it makes is recorded. */
  watch(fn: () => Record<string, tf.Tensor>): Record<string, tf.Tensor> {
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

  private id(tensor: tf.Tensor): number {
    return this.native.getInputTensorIds([tensor])[0]!;
  }

  private create(shape: number[], dtype: number, values: ArrayBufferView): number {
    const id = this.binding.createTensor(shape, dtype, values);
    this.constants.set(id, { shape, dtype, values: copyOf(values) });
    return id;
  }

  private execute(op: string, attributes: OpAttribute[], ids: number[], count: number): TensorMetadata[] {
    const outputs = this.binding.executeOp(op, attributes, ids, count);
    const name = `op${this.nodes.length}_${op.replace(/^_/, "")}`;
    const inputs = ids.map((id) => this.sourceOf(id));
    const inferred = inferredTypes[op]?.map((type, i) => this.typeAttribute(type, this.dtypes.get(ids[i]!)!)) ?? [];
    this.nodes.push(this.plain({ name, op, inputs, attributes: [...attributes, ...inferred] }, outputs));
    this.origins.set(name, callerLine());
    outputs.forEach(({ id, dtype }, i) => {
      this.dtypes.set(id, dtype);
      this.sources.set(id, i === 0 ? name : `${name}:${i}`);
    });
    return outputs;
  }

  /** The same node, as TensorFlow runs it fastest: the product of two matrices is no batch of products. */
  private plain(node: GraphNode, outputs: TensorMetadata[]): GraphNode {
    if (node.op !== "BatchMatMulV2" || outputs[0]!.shape.length !== 2) return node;
    const names: Record<string, string> = { adj_x: "transpose_a", adj_y: "transpose_b" };
    return { ...node, op: "MatMul", attributes: node.attributes.map((a) => ({ ...a, name: names[a.name] ?? a.name })) };
  }

  private sourceOf(id: number): Source {
    const known = this.sources.get(id);
    if (known !== undefined) {
      this.used.add(known);
      return known;
    }
    const name = `constant${this.sources.size}`;
    this.nodes.push({ name, op: "Const", inputs: [], attributes: this.constantAttributes(id) });
    this.sources.set(id, name);
    return name;
  }

  /** The attributes of a constant: one made during the trace, or a tensor made before, whose numbers are read now. */
  private constantAttributes(id: number): OpAttribute[] {
    const value = this.constants.get(id) ?? this.captured(id);
    this.dtypes.set(id, value.dtype);
    return [this.typeAttribute("dtype", value.dtype), { name: "value", type: tensorAttribute, value }];
  }

  /** The numbers of a tensor made before the trace; an Identity op tells their shape. */
  private captured(id: number): TensorValue {
    const values = this.binding.tensorDataSync(id);
    const { TF_FLOAT, TF_INT32, TF_BOOL } = this.binding;
    const dtype = values instanceof Float32Array ? TF_FLOAT : values instanceof Int32Array ? TF_INT32 : TF_BOOL;
    const [copy] = this.binding.executeOp("Identity", [this.typeAttribute("T", dtype)], [id], 1);
    this.binding.deleteTensor(copy!.id);
    return { shape: copy!.shape, dtype, values: copyOf(values) };
  }

  private typeAttribute(name: string, dtype: number): OpAttribute {
    return { name, type: this.binding.TF_ATTR_TYPE, value: dtype };
  }

  private read(id: number): ReturnType<NativeBinding["tensorDataSync"]> {
    const source = this.sources.get(id);
    if (source !== undefined && !source.startsWith("constant") && !this.options.allowReads) {
      throw new CompileError(
        `a compiled function must not read values back to JavaScript: ${source} is read at ${callerLine()} (return it, or set allowReads to fix what follows from it)`,
      );
    }
    return this.binding.tensorDataSync(id);
  }
}

function requireSameVariables(before: tf.Variable[]): void {
  const now = Object.values(tf.engine().state.registeredVariables) as tf.Variable[];
  const made = now.find((variable) => !before.includes(variable));
  if (!made) return;
  throw new CompileError(
    `a compiled function must not make variables: got ${made.name} (make it before, and assign it)`,
  );
}

function copyOf(values: ArrayBufferView): ArrayBufferView {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
}
