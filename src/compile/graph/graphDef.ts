import type { NativeBinding, OpAttribute } from "../../backends/native.js";
import { ProtobufWriter } from "../../core/protobuf.js";
import { outputName } from "./opTraits.js";

/** The version of TensorFlow's graph format that we write: no op in use has changed its meaning since. */
const producer = 1882;

/** Where a value of a graph comes from, as an op's input names it: a node, or `node:1` for a later output. */
export type Source = string;

/** A node of a TensorFlow graph. */
export interface GraphNode {
  name: string;
  op: string;
  /** Sources, then `^node` for each node that must run first. */
  inputs: string[];
  attributes: OpAttribute[];
}

/** A constant's values, as an attribute of the type `tensorAttribute`. */
export interface TensorValue {
  dtype: number;
  shape: number[];
  values: ArrayBufferView;
}

/** The types of attributes that tfjs-node's binding has no TF_ATTR_ number for: a tensor, and a function's name. */
export const tensorAttribute = -1;
export const functionAttribute = -2;

/** A function inside a graph; nodes call it by name. */
export interface GraphFunction {
  name: string;
  /** Nodes of the function refer to its inputs by name. */
  inputs: { name: string; dtype: number }[];
  outputs: { source: Source; dtype: number }[];
  nodes: readonly GraphNode[];
}

export interface Graph {
  nodes: readonly GraphNode[];
  functions: readonly GraphFunction[];
}

/**
 * The bytes of `saved_model.pb`: a SavedModel with one graph, under the tag `serve`.
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

/** A source as nodes inside a function write it. The function's inputs and `^node` are written as in a graph. */
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
      return writer.varint(3, Math.trunc(value as number)); // as the binding truncates
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
