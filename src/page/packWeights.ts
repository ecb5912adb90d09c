import type { ModelConfig } from "../config/model.js";
import { fromFloat16, toFloat16 } from "../core/float16.js";
import type { VariableValues } from "../model/variables.js";
import { weightShapes } from "../model/weightShapes.js";
import type { PackedWeights } from "./payload.js";

/** A model's weights as a page carries them; `type` float16 rounds them to half precision. */
export function packWeights(weights: VariableValues, type: PackedWeights["type"], config: ModelConfig): PackedWeights {
  const all = [...weightShapes(config).keys()].map((name) => weights.get(name)!.data);
  const flat = new Float32Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const data of all) {
    flat.set(data, at);
    at += data.length;
  }
  const numbers = type === "float16" ? toFloat16(flat) : flat;
  return { type, data: Buffer.from(numbers.buffer).toString("base64") };
}

/** The weights that a page carries. */
export function unpackWeights({ type, data }: PackedWeights, config: ModelConfig): VariableValues {
  const { buffer } = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const flat = type === "float16" ? fromFloat16(new Uint16Array(buffer)) : new Float32Array(buffer);
  let at = 0;
  const entries = [...weightShapes(config)].map(([name, shape]) => {
    const size = shape.reduce((product, side) => product * side, 1);
    at += size;
    return [name, { shape, data: flat.subarray(at - size, at) }] as const;
  });
  return new Map(entries);
}
