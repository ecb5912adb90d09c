import type { NativeBinding, OpAttribute } from "../../backends/native.js";
import { type GraphNode, tensorAttribute } from "./graphDef.js";

/** Makes the nodes that surround a traced function: inputs, variables, constants. */
export class NodeMaker {
  constructor(readonly binding: NativeBinding) {}

  placeholder(name: string, dtype: number, shape: number[]): GraphNode {
    return { name, op: "Placeholder", inputs: [], attributes: [this.type("dtype", dtype), this.shape(shape)] };
  }

  identity(name: string, dtype: number, inputs: string[]): GraphNode {
    return { name, op: "Identity", inputs, attributes: [this.type("T", dtype)] };
  }

  variable(name: string, dtype: number, shape: number[]): GraphNode {
    const shared = { name: "shared_name", type: this.binding.TF_ATTR_STRING, value: name };
    return { name, op: "VarHandleOp", inputs: [], attributes: [this.type("dtype", dtype), this.shape(shape), shared] };
  }

  read(name: string, variable: string, dtype: number): GraphNode {
    return { name, op: "ReadVariableOp", inputs: [variable], attributes: [this.type("dtype", dtype)] };
  }

  assign(name: string, variable: string, dtype: number, value: string, after: string[]): GraphNode {
    const inputs = [variable, value, ...after.map((node) => `^${node}`)];
    return { name, op: "AssignVariableOp", inputs, attributes: [this.type("dtype", dtype)] };
  }

  /** An int32 scalar. */
  integer(name: string, number: number): GraphNode {
    const { TF_INT32 } = this.binding;
    const value = { dtype: TF_INT32, shape: [], values: Int32Array.of(number) };
    const attributes = [this.type("dtype", TF_INT32), { name: "value", type: tensorAttribute, value }];
    return { name, op: "Const", inputs: [], attributes };
  }

  /** A node that only waits for others. */
  wait(name: string, after: string[]): GraphNode {
    return { name, op: "NoOp", inputs: after.map((node) => `^${node}`), attributes: [] };
  }

  private type(name: string, value: number): OpAttribute {
    return { name, type: this.binding.TF_ATTR_TYPE, value };
  }

  private shape(value: number[]): OpAttribute {
    return { name: "shape", type: this.binding.TF_ATTR_SHAPE, value };
  }
}
