import * as tf from "@tensorflow/tfjs";

/** One attribute of a TensorFlow op, as tfjs-node's binding takes it. */
export interface OpAttribute {
  name: string;
  /** One of the binding's TF_ATTR_ numbers. */
  type: number;
  value: unknown;
}

/** A tensor that the binding made. */
export interface TensorMetadata {
  id: number;
  shape: number[];
  dtype: number;
}

/** tfjs-node's addon. It refers to tensors by numbers, which are never used twice. */
export interface NativeBinding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  createTensor(shape: number[], dtype: number, values: ArrayBufferView): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  executeOp(name: string, attributes: OpAttribute[], inputs: number[], outputs: number): TensorMetadata[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(session: number): void;
  runSavedModel(session: number, inputs: number[], inputNames: string, outputNames: string): TensorMetadata[];
}

/** A tensor's data in tfjs-node's backend: values not yet passed to the addon, or the addon's number for the tensor. */
export interface NativeData {
  shape: number[];
  dtype: number;
  values: ArrayBufferView | null;
  readonly id: number;
  refCount: number;
}

/** tfjs-node's backend, with the parts that run TensorFlow ops by name. */
export interface NativeBackend {
  binding: NativeBinding;
  readonly isUsingGpuDevice: boolean;
  readonly tensorMap: {
    has(dataId: object): boolean;
    get(dataId: object): NativeData;
    set(dataId: object, data: NativeData): void;
  };
  getInputTensorIds(tensors: tf.TensorInfo[]): number[];
  createOutputTensor(metadata: TensorMetadata): tf.Tensor;
  executeSingleOutput(name: string, attributes: OpAttribute[], inputs: tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(name: string, attributes: OpAttribute[], inputs: tf.Tensor[], outputs: number): tf.Tensor[];
}

/** TensorFlow's own backend if it is in use, else undefined. heed calls it `native` or `gpu`; tfjs, "tensorflow". */
export function nativeBackend(): NativeBackend | undefined {
  return tf.getBackend() === "tensorflow" ? (tf.backend() as unknown as NativeBackend) : undefined;
}

/** A type attribute, such as `T` or `Tidx`. */
export function typeAttribute(native: NativeBackend, name: string, dtype: "float32" | "int32"): OpAttribute {
  const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = native.binding;
  return { name, type: TF_ATTR_TYPE, value: dtype === "float32" ? TF_FLOAT : TF_INT32 };
}
