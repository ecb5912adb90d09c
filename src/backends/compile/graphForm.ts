import type { NativeBinding, TensorMetadata } from "../native.js";
import type { GraphNode } from "./graphDef.js";

/** An op of the backend as the node of a graph that gives the same numbers, and fast. */
export function graphForm(node: GraphNode, outputs: TensorMetadata[], binding: NativeBinding): GraphNode {
  switch (node.op) {
    case "BatchMatMulV2":
      return matrixProduct(node, outputs[0]!, binding);
    case "StatelessRandomUniform": {
      // XLA would draw other numbers from the same seed.
      const apart = { name: "_XlaCompile", type: binding.TF_ATTR_BOOL, value: false };
      return { ...node, attributes: [...node.attributes, apart] };
    }
    default:
      return node;
  }
}

/** The product of two matrices is no batch of products. */
function matrixProduct(node: GraphNode, { shape, dtype }: TensorMetadata, binding: NativeBinding): GraphNode {
  if (shape.length !== 2 || dtype !== binding.TF_FLOAT) return node;
  const names: Record<string, string> = { adj_x: "transpose_a", adj_y: "transpose_b" };
  return { ...node, op: "MatMul", attributes: node.attributes.map((a) => ({ ...a, name: names[a.name] ?? a.name })) };
}
