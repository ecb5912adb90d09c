import type { ModelConfig } from "../../../config/model.js";
import type { FileDigest } from "../../../core/durableFiles.js";
import { CheckpointError } from "../../../core/errors.js";
import { weightShapes } from "../../../model/weightShapes.js";
import { sinusoids } from "../../../ops/sinusoids.js";
import { readSafetensors, readSafetensorsHeader, type SavedTensor, writeSafetensors } from "../safetensors.js";

/** Float32 values by name. */
export type NamedFloats = ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>;

/** How GPT-2's names begin where heed's begin so. */
const starts: readonly (readonly [heed: string, gpt2: string])[] = [
  ["tokens.", "transformer.wte."],
  ["positions.", "transformer.wpe."],
  ["blocks.", "transformer.h."],
  ["finalNorm.", "transformer.ln_f."],
  ["output.weight", "lm_head.weight"],
];

const parts: readonly (readonly [heed: string, gpt2: string])[] = [
  [".attentionNorm.", ".ln_1."],
  [".attention.qkv.", ".attn.c_attn."],
  [".attention.output.", ".attn.c_proj."],
  [".feedForwardNorm.", ".ln_2."],
  [".feedForward.up.", ".mlp.c_fc."],
  [".feedForward.down.", ".mlp.c_proj."],
  [".gain", ".weight"],
];

/**
 * Writes the weights as a GPT-2 that computes the same: biases that the model does without are zeros, and its fixed
 * positions are a table.
 *
 * @throws CheckpointError if a weight is missing or has another shape than the config says.
 */
export function writeHfWeights(path: string, config: ModelConfig, weights: NamedFloats, step: number): FileDigest {
  requireComplete(weightShapes(config), weights, "weights");
  const tensors = new Map<string, SavedTensor<"F32">>();
  for (const [name, shape] of weightShapes(asGpt2(config))) {
    tensors.set(hfName(name), { dtype: "F32", shape, data: weights.get(name)?.data ?? impliedValues(name, config) });
  }
  return writeSafetensors(path, tensors, { format: "pt", step: String(step) });
}

/**
 * Reads a model.safetensors of the GPT-2 family, with or without the prefix `transformer.`, and the step at which
 * heed saved it.
 *
 * @throws CheckpointError if it does not hold exactly what the config says, in finite float32 numbers.
 */
export function readHfWeights(path: string, config: ModelConfig): { weights: NamedFloats; step: number | undefined } {
  const bare = readSafetensorsHeader(path).entries.has("wte.weight");
  const fileName = (name: string) => (bare ? hfName(name).replace("transformer.", "") : hfName(name));
  const ours = weightShapes(asGpt2(config));
  const { tensors, metadata } = readSafetensors(path, {
    expect: new Map([...ours].map(([name, shape]) => [fileName(name), shape])),
    dtype: "F32",
    ignore: (name) => /\.attn\.(masked_)?bias$/.test(name) || (config.tie && name === "lm_head.weight"),
    finite: true,
  });
  const weights = new Map<string, SavedTensor<"F32">>();
  const shapes = weightShapes(config);
  for (const name of ours.keys()) {
    const tensor = tensors.get(fileName(name))!;
    if (shapes.has(name)) weights.set(name, tensor);
    else requireImplied(name, tensor.data, config, path);
  }
  const step = /^\d{1,15}$/.test(metadata.step ?? "") ? Number(metadata.step) : undefined;
  return { weights, step };
}

/** @throws CheckpointError if `tensors` are not exactly those of `shapes`. */
export function requireComplete(
  shapes: ReadonlyMap<string, readonly number[]>,
  tensors: NamedFloats,
  what: string,
): void {
  for (const [name, shape] of shapes) {
    const given = tensors.get(name)?.shape.join(", ") ?? "nothing";
    if (given !== shape.join(", ")) {
      throw new CheckpointError(`${what} must hold "${name}" of shape [${shape.join(", ")}]: got [${given}]`);
    }
  }
  for (const name of tensors.keys()) {
    if (!shapes.has(name)) throw new CheckpointError(`${what} must hold only what the config has: got "${name}"`);
  }
}

/** What GPT-2 calls heed's weight `name`. */
function hfName(name: string): string {
  const [start, theirs] = starts.find(([heed]) => name.startsWith(heed))!;
  return parts.reduce((text, [heed, gpt2]) => text.replace(heed, gpt2), theirs + name.slice(start.length));
}

/** The same model as a GPT-2 has it: with learned positions and every bias. */
function asGpt2(config: ModelConfig): ModelConfig {
  return { ...config, positions: "learned", bias: true };
}

/** The values that a GPT-2 needs for a weight that the model does not have. */
function impliedValues(name: string, config: ModelConfig): Float32Array {
  if (name === "positions.weight" && config.positions === "sinusoidal") {
    return sinusoids(config.contextLength, config.hiddenDim);
  }
  const shape = weightShapes(asGpt2(config)).get(name)!;
  return new Float32Array(shape.reduce((product, size) => product * size, 1));
}

function requireImplied(name: string, data: Float32Array, config: ModelConfig, path: string): void {
  const implied = impliedValues(name, config);
  // Another machine's sine may differ in the last bit.
  const at = data.findIndex((value, i) => Math.abs(value - implied[i]!) > 1e-6);
  if (at < 0) return;
  const rule = name === "positions.weight" ? `hold positions: ${config.positions}` : "hold zeros, as bias: false says";
  throw new CheckpointError(
    `${path}: "${hfName(name)}" must ${rule}: value ${at} is ${data[at]} (take the field heed out of config.json to load it as a plain GPT-2)`,
  );
}
