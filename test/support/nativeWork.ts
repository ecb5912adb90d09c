import { type NativeBinding, nativeBackend, type TensorMetadata } from "../../src/backends/native.js";

/** What TensorFlow was asked to do, in numbers rather than bytes. */
export interface NativeWork {
  /** The most that tensors held beside what was there before. */
  peak: number;
  /** What ops that are no matrix products read and wrote. */
  passed: number;
  /** Floating-point operations of matrix products. */
  flops: number;
  /** Random numbers drawn. */
  randoms: number;
}

/** Ops that give another name or shape to the same numbers. */
const renaming = new Set(["Reshape", "Identity", "ExpandDims", "Squeeze"]);

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Counts what `work` makes TensorFlow do op by op: the addon's calls are watched. */
export function nativeWork(work: () => void): NativeWork {
  const native = nativeBackend()!;
  const { binding } = native;
  const counts: NativeWork = { peak: 0, passed: 0, flops: 0, randoms: 0 };
  const shapes = new Map<number, number[]>();
  const owners = new Map<number, { size: number; users: number }>();
  let live = 0;
  const hold = ({ id, shape }: Pick<TensorMetadata, "id" | "shape">, owner = { size: sizeOf(shape), users: 0 }) => {
    shapes.set(id, shape);
    owners.set(id, owner);
    if (owner.users++ === 0) live += owner.size;
    counts.peak = Math.max(counts.peak, live);
  };
  const watched: Partial<NativeBinding> = {
    createTensor(shape, dtype, values) {
      const id = binding.createTensor(shape, dtype, values);
      hold({ id, shape });
      return id;
    },
    deleteTensor(id) {
      const owner = owners.get(id);
      if (owner && --owner.users === 0) live -= owner.size;
      owners.delete(id);
      binding.deleteTensor(id);
    },
    executeOp(name, attributes, ids, count) {
      const outputs = binding.executeOp(name, attributes, ids, count);
      for (const output of outputs) hold(output, renaming.has(name) ? owners.get(ids[0]!) : undefined);
      const out = outputs[0]?.shape ?? [];
      if (/MatMul/.test(name)) {
        const [rows, columns] = out.slice(-2) as [number, number];
        const batch = sizeOf(out) / rows / columns;
        const inner = sizeOf(shapes.get(ids[0]!) ?? []) / batch / rows;
        counts.flops += 2 * sizeOf(out) * inner;
      } else if (!renaming.has(name)) {
        const read = ids.reduce((sum, id) => sum + sizeOf(shapes.get(id) ?? []), 0);
        counts.passed += outputs.reduce((sum, { shape }) => sum + sizeOf(shape), read);
      }
      if (name === "StatelessRandomUniformV2") counts.randoms += sizeOf(out);
      return outputs;
    },
  };
  native.binding = Object.create(binding, Object.getOwnPropertyDescriptors(watched)) as NativeBinding;
  try {
    work();
  } finally {
    native.binding = binding;
  }
  return counts;
}
