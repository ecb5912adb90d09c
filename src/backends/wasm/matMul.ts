import * as tf from "@tensorflow/tfjs";

/** The parts of tfjs's wasm backend that run one of its kernels on memory of our choosing. */
interface WasmBackend extends tf.KernelBackend {
  dataIdNextNumber: number;
  dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  wasm: {
    tfjs: { registerTensor(id: number, size: number, offset: number): void; disposeData(id: number): void };
    cwrap(name: string, result: null, types: string[]): (...args: unknown[]) => void;
  };
}

/**
 * Replaces wasm's matrix product. Its kernel is fast for the plain product of two matrices alone, and a slow scalar
 * loop where an operand is transposed or there is a batch of matrices: so operands are transposed first, and a batch
 * is multiplied one by one. Same results; a training step takes a fifth of the time.
 */
export function registerFastMatMul(): void {
  const slow = tf.getKernel("BatchMatMul", "wasm");
  if (!slow || fast.has(slow.kernelFunc)) return;
  const kernelFunc: tf.KernelFunc = ({ inputs, backend: any, attrs }) => {
    const backend = any as unknown as WasmBackend;
    const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    const multiply = (left: tf.TensorInfo, right: tf.TensorInfo): tf.TensorInfo => {
      if (isBatch(left, right)) return multiplyEach(left, right, backend);
      const plain = { transposeA: false, transposeB: false };
      return slow.kernelFunc({ inputs: { a: left, b: right }, backend, attrs: plain }) as tf.TensorInfo;
    };
    const passing = (x: tf.TensorInfo, use: (x: tf.TensorInfo) => tf.TensorInfo) => {
      const result = use(x);
      backend.disposeData(x.dataId);
      return result;
    };
    const sizeOf = (x: tf.TensorInfo) => tf.util.sizeFromShape(x.shape);
    if (transposeA && !transposeB && sizeOf(a) > 4 * sizeOf(b)) {
      // aᵀ · b as (bᵀ · a)ᵀ: it is the narrow operand that is turned.
      const turned = passing(transposed(b, backend), (bT) => multiply(bT, a));
      return passing(turned, (product) => transposed(product, backend));
    }
    const withRight = (left: tf.TensorInfo) =>
      transposeB ? passing(transposed(b, backend), (right) => multiply(left, right)) : multiply(left, b);
    return transposeA ? passing(transposed(a, backend), withRight) : withRight(a);
  };
  fast.add(kernelFunc);
  tf.unregisterKernel("BatchMatMul", "wasm");
  tf.registerKernel({ ...slow, kernelFunc });
}

const fast = new WeakSet<tf.KernelFunc>();

/** Whether both have the same several matrices to multiply pair by pair; what is wrong with them is for the kernel to say. */
function isBatch(a: tf.TensorInfo, b: tf.TensorInfo): boolean {
  const batch = a.shape.slice(0, -2);
  const inner = a.shape.at(-1)!;
  if (a.dtype !== "float32" || b.dtype !== "float32" || inner === 0 || inner !== b.shape.at(-2)) return false;
  return a.shape.length > 2 && batch.join() === b.shape.slice(0, -2).join() && tf.util.sizeFromShape(batch) > 1;
}

/** Products of the matrices of `a` `[..., M, K]` and `b` `[..., K, N]`, each pair seen by the kernel as tensors of its own. */
function multiplyEach(a: tf.TensorInfo, b: tf.TensorInfo, backend: WasmBackend): tf.TensorInfo {
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1)!;
  const product = backend.makeOutput([...a.shape.slice(0, -1), n], "float32");
  const number = "number";
  const types = [number, "array", number, number, "array", number, number, number, number];
  const multiply = backend.wasm.cwrap("BatchMatMul", null, types);
  const [left, right, out] = [a, b, product].map(
    ({ dataId }) => backend.dataIdMap.get(dataId).memoryOffset,
  ) as number[];
  const count = tf.util.sizeFromShape(a.shape.slice(0, -2));
  for (let i = 0; i < count; i++) {
    const ids = [
      view(backend, m * k, left! + 4 * i * m * k),
      view(backend, k * n, right! + 4 * i * k * n),
      view(backend, m * n, out! + 4 * i * m * n),
    ] as const;
    multiply(ids[0], shapeBytes(1, m, k), 3, ids[1], shapeBytes(1, k, n), 3, 0, 0, ids[2]);
    for (const id of ids) backend.wasm.tfjs.disposeData(id); // forgets the view, and what the kernel made of `b`
  }
  return product;
}

/** A number under which the kernels know a stretch of memory. */
function view(backend: WasmBackend, size: number, offset: number): number {
  const id = backend.dataIdNextNumber++;
  backend.wasm.tfjs.registerTensor(id, size, offset);
  return id;
}

function shapeBytes(...shape: number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(shape).buffer);
}

/** The last two dimensions exchanged. */
function transposed(x: tf.TensorInfo, backend: WasmBackend): tf.TensorInfo {
  const perm = x.shape.map((_, i) => i);
  perm.push(perm.pop()!, perm.pop()!);
  const transpose = tf.getKernel("Transpose", "wasm")!;
  return transpose.kernelFunc({ inputs: { x }, backend, attrs: { perm } }) as tf.TensorInfo;
}
