import * as tf from "@tensorflow/tfjs";

/** One attribute of a TensorFlow op, as tfjs-node's binding takes it. */
export interface OpAttribute {
  name: string;
  type: number;
  value: unknown;
}

/** The part of tfjs-node's backend that runs any TensorFlow op by its name. */
export interface NativeBackend {
  binding: { TF_FLOAT: number; TF_INT32: number; TF_BOOL: number; TF_ATTR_TYPE: number; TF_ATTR_INT: number };
  executeSingleOutput(name: string, attributes: OpAttribute[], inputs: tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(name: string, attributes: OpAttribute[], inputs: tf.Tensor[], outputs: number): tf.Tensor[];
}

/** TensorFlow's own backend if it is the one in use, else undefined. */
export function nativeBackend(): NativeBackend | undefined {
  return tf.getBackend() === "tensorflow" ? (tf.backend() as unknown as NativeBackend) : undefined;
}

/** A type attribute, such as `T` or `Tidx`. */
export function typeAttribute(native: NativeBackend, name: string, dtype: "float32" | "int32"): OpAttribute {
  const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = native.binding;
  return { name, type: TF_ATTR_TYPE, value: dtype === "float32" ? TF_FLOAT : TF_INT32 };
}
