import type { ModelConfig } from "../config/model.js";
import { fromFloat16, toFloat16 } from "../core/float16.js";
import type { VariableValues } from "../model/variables.js";
import { weightShapes } from "../model/weightShapes.js";
import type { PackedWeights } from "./payload.js";

/** A model's weights as a page carries them; `type` float16 rounds them to half precision. */
export function packWeights(weights: VariableValues, type: PackedWeights["type"], config: ModelConfig): PackedWeights {
  const bytes = [...weightShapes(config).keys()].map((name) => {
    const { data } = weights.get(name)!;
    const numbers = type === "float16" ? toFloat16(data) : data;
    return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  });
  return { type, data: Buffer.concat(bytes).toString("base64") };
}

/** The weights that a page carries. */
export function unpackWeights({ type, data }: PackedWeights, config: ModelConfig): VariableValues {
  const { buffer } = bytesOfBase64(data);
  const flat = type === "float16" ? fromFloat16(new Uint16Array(buffer)) : new Float32Array(buffer);
  let at = 0;
  const entries = [...weightShapes(config)].map(([name, shape]) => {
    const begin = at;
    at += shape.reduce((product, side) => product * side, 1);
    return [name, { shape, data: flat.subarray(begin, at) }] as const;
  });
  return new Map(entries);
}

export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
