import type { NativeBinding, OpAttribute } from "../backends/native.js";
import { ProtobufWriter } from "../core/protobuf.js";
import { outputName } from "./outputNames.js";

/** The version of TensorFlow's graph format that is written: no op in use has changed its meaning since. */
const producer = 1882;

/** A node of a TensorFlow graph, ready to write. */
export interface GraphNode {
  name: string;
  op: string;
  /** Names of nodes, `name:1` for a later output, `^name` for "only after". */
  inputs: string[];
  attributes: OpAttribute[];
}

/** A constant's numbers as an attribute; its own kind beside the binding's TF_ATTR_ numbers. */
export interface TensorValue {
  dtype: number;
  shape: number[];
  values: ArrayBufferView;
}

export const tensorAttribute = -1;

/** A function's name as an attribute. */
export const functionAttribute = -2;

/** A function of a graph: nodes call it by its name. */
export interface GraphFunction {
  name: string;
  /** Its nodes take these by name. */
  inputs: { name: string; dtype: number }[];
  outputs: { source: string; dtype: number }[];
  nodes: readonly GraphNode[];
}

export interface Graph {
  nodes: readonly GraphNode[];
  functions: readonly GraphFunction[];
}

/**
 * A SavedModel that holds one graph under the tag `serve`, as the bytes of `saved_model.pb`.
 *
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/graph.proto
 */
export function savedModelBytes({ nodes, functions }: Graph, binding: NativeBinding): Uint8Array {
  const graph = new ProtobufWriter();
  for (const node of nodes) graph.bytes(1, nodeDef(node, binding));
  const library = new ProtobufWriter();
  for (const each of functions) library.bytes(1, functionDef(each, binding));
  graph.bytes(2, library);
  graph.bytes(4, new ProtobufWriter().varint(1, producer));
  const metaGraph = new ProtobufWriter().bytes(1, new ProtobufWriter().bytes(4, "serve")).bytes(2, graph);
  return new ProtobufWriter().varint(1, 1).bytes(2, metaGraph).finish();
}

function nodeDef({ name, op, inputs, attributes }: GraphNode, binding: NativeBinding): ProtobufWriter {
  const node = new ProtobufWriter().bytes(1, name).bytes(2, op);
  for (const input of inputs) node.bytes(3, input);
  for (const attribute of attributes) {
    node.bytes(5, new ProtobufWriter().bytes(1, attribute.name).bytes(2, attributeValue(attribute, binding)));
  }
  return node;
}

/** @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/function.proto */
function functionDef({ name, inputs, outputs, nodes }: GraphFunction, binding: NativeBinding): ProtobufWriter {
  const ops = new Map(nodes.map((node) => [node.name, node.op]));
  const argument = (label: string, dtype: number) => new ProtobufWriter().bytes(1, label).varint(3, dtype);
  const signature = new ProtobufWriter().bytes(1, name);
  for (const input of inputs) signature.bytes(2, argument(input.name, input.dtype));
  for (const [i, { dtype }] of outputs.entries()) signature.bytes(3, argument(`result${i}`, dtype));
  const message = new ProtobufWriter().bytes(1, signature);
  for (const node of nodes) {
    message.bytes(3, nodeDef({ ...node, inputs: node.inputs.map((source) => portInside(source, ops)) }, binding));
  }
  for (const [i, { source }] of outputs.entries()) {
    message.bytes(4, new ProtobufWriter().bytes(1, `result${i}`).bytes(2, portInside(source, ops)));
  }
  return message;
}

/** What `node:1` is called inside a function; its inputs and `^node` are called the same. */
function portInside(source: string, ops: ReadonlyMap<string, string>): string {
  const [node, index = "0"] = source.split(":") as [string, string?];
  const op = ops.get(node);
  return op === undefined ? source : outputName(op, node, Number(index));
}

function attributeValue(attribute: OpAttribute, binding: NativeBinding): ProtobufWriter {
  if (!Array.isArray(attribute.value) || attribute.type === binding.TF_ATTR_SHAPE) {
    return scalarValue(new ProtobufWriter(), attribute, binding);
  }
  const list = new ProtobufWriter();
  for (const value of attribute.value) scalarValue(list, { ...attribute, value }, binding);
  return new ProtobufWriter().bytes(1, list);
}

function scalarValue(
  writer: ProtobufWriter,
  { name, type, value }: OpAttribute,
  binding: NativeBinding,
): ProtobufWriter {
  switch (type) {
    case binding.TF_ATTR_STRING:
      return writer.bytes(2, value as string);
    case binding.TF_ATTR_INT:
      return writer.varint(3, Math.trunc(value as number)); // as the binding does
    case binding.TF_ATTR_FLOAT:
      return writer.float(4, value as number);
    case binding.TF_ATTR_BOOL:
      return writer.varint(5, Boolean(value));
    case binding.TF_ATTR_TYPE:
      return writer.varint(6, value as number);
    case binding.TF_ATTR_SHAPE:
      return writer.bytes(7, shapeProto(value as number[]));
    case functionAttribute:
      return writer.bytes(10, new ProtobufWriter().bytes(1, value as string));
    case tensorAttribute:
      return writer.bytes(8, tensorProto(value as TensorValue));
    default:
      throw new Error(`attribute ${name} has a type that a graph can't hold: ${type}`);
  }
}

function shapeProto(shape: number[]): ProtobufWriter {
  const proto = new ProtobufWriter();
  for (const size of shape) proto.bytes(2, new ProtobufWriter().varint(1, size));
  return proto;
}

function tensorProto({ dtype, shape, values }: TensorValue): ProtobufWriter {
  const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return new ProtobufWriter().varint(1, dtype).bytes(2, shapeProto(shape)).bytes(4, content);
}
