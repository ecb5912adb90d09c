import type { NativeBinding, OpAttribute, TensorMetadata } from "../../backends/native.js";
import { type Form, outputForm } from "./outputForm.js";

/**
 * Tensors that stand for those of a graph during a trace. They have a shape and a type but no values, so that a trace
 * takes neither the memory nor most of the time that running the function would.
 */
export class StandIns {
  private readonly forms = new Map<number, Form>();

  constructor(private readonly binding: NativeBinding) {}

  has(id: number): boolean {
    return this.forms.has(id);
  }

  /** The stand-ins that have not been freed. */
  ids(): Iterable<number> {
    return this.forms.keys();
  }

  make({ shape, dtype }: Form): TensorMetadata {
    const id = this.binding.createTensor([], this.binding.TF_BOOL, Uint8Array.of(0)); // the smallest there is
    this.forms.set(id, { shape, dtype });
    return { id, shape, dtype };
  }

  /** Call this when the addon's tensor `id` is freed. */
  forget(id: number): void {
    this.forms.delete(id);
  }

  /**
   * The outputs of an op some of whose inputs are stand-ins: stand-ins of the right form. An op whose output form is
   * not known is executed on zeros.
   */
  execute(op: string, attributes: OpAttribute[], inputs: (Form & { id: number })[], count: number): TensorMetadata[] {
    const known = outputForm(op, attributes, inputs, this.binding);
    if (known && count === 1) return [this.make(known)];
    const zeros = inputs.map((input) => (this.has(input.id) ? this.zeros(input) : undefined));
    try {
      const ids = inputs.map(({ id }, i) => zeros[i] ?? id);
      const outputs = this.binding.executeOp(op, attributes, ids, count);
      for (const { id } of outputs) this.binding.deleteTensor(id);
      return outputs.map((output) => this.make(output));
    } finally {
      for (const id of zeros) if (id !== undefined) this.binding.deleteTensor(id);
    }
  }

  private zeros({ shape, dtype }: Form): number {
    const { binding } = this;
    const size = shape.reduce((product, length) => product * length, 1);
    if (dtype === binding.TF_FLOAT) return binding.createTensor(shape, dtype, new Float32Array(size));
    if (dtype === binding.TF_INT32) return binding.createTensor(shape, dtype, new Int32Array(size));
    if (dtype === binding.TF_BOOL) return binding.createTensor(shape, dtype, new Uint8Array(size));
    const float = binding.createTensor(shape, binding.TF_FLOAT, new Float32Array(size));
    const attributes = [
      { name: "SrcT", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
      { name: "DstT", type: binding.TF_ATTR_TYPE, value: dtype },
      { name: "Truncate", type: binding.TF_ATTR_BOOL, value: false },
    ];
    const [zeros] = binding.executeOp("Cast", attributes, [float], 1);
    binding.deleteTensor(float);
    return zeros!.id;
  }
}
