import type { ModelConfig } from "../../config/model.js";
import type { FileDigest } from "../../core/durableFiles.js";
import { CheckpointError, show } from "../../core/errors.js";
import { isObject } from "../../core/strictJson.js";
import type { Family, Shapes } from "../../model/families/family.js";
import type { VariableValues } from "../../model/variables.js";
import { weightShapes } from "../../model/weightShapes.js";
import type { CheckpointFiles } from "./manifest.js";
import { files } from "./names.js";
import { readFloats, type TensorFile, writeFloats } from "./safetensors.js";
import { damaged } from "./safetensorsHeader.js";

/**
 * Writes the weights as `family` names and arranges them.
 *
 * @throws CheckpointError if a weight is missing or has another shape than the config says.
 */
export function writeWeights(
  path: string,
  { family, config, weights, step }: { family: Family; config: ModelConfig; weights: VariableValues; step: number },
): FileDigest {
  requireComplete(weightShapes(config), weights);
  return writeFloats(path, family.toFile(weights, config), { format: "pt", step: String(step) });
}

/** @throws CheckpointError if `weights` are not exactly those of `shapes`. */
function requireComplete(shapes: Shapes, weights: VariableValues): void {
  for (const [name, shape] of shapes) {
    const given = weights.get(name)?.shape.join(", ") ?? "nothing";
    if (given !== shape.join(", ")) {
      throw new CheckpointError(`weights must hold "${name}" of shape [${shape.join(", ")}]: got [${given}]`);
    }
  }
  for (const name of weights.keys()) {
    if (!shapes.has(name)) throw new CheckpointError(`weights must hold only what the config has: got "${name}"`);
  }
}

/**
 * Reads the weights of a model from model.safetensors, or from the files that model.safetensors.index.json names, and
 * the step at which heed saved them. Names may have what `torch.compile` and data-parallel training put before them.
 *
 * @throws CheckpointError if they are not exactly what the config says, in finite numbers of 32 or 16 bits.
 */
export function readWeights(
  folder: CheckpointFiles,
  family: Family,
  config: ModelConfig,
): { weights: VariableValues; step: number | undefined } {
  const isSharded = !folder.has(files.weights) && folder.has(files.weightsIndex);
  const path = isSharded ? folder.check(files.weightsIndex) : weightsFile(folder);
  const { values, metadata } = readFloats(isSharded ? indexedFiles(folder, path) : [{ path }], path, {
    expect: family.fileShapes(config),
    rename: (name) => family.usualName(withoutWrappers(name)),
    ignore: (name) => family.ignores(name, config),
  });
  return { weights: family.fromFile(values, config, path), step: stepIn(metadata) };
}

/** The step that the metadata of a safetensors file names. */
export function stepIn({ step }: Readonly<Record<string, string>>): number | undefined {
  return /^\d{1,15}$/.test(step ?? "") ? Number(step) : undefined;
}

/** @throws CheckpointError with what to do if the weights are in a format that is not read. */
function weightsFile(folder: CheckpointFiles): string {
  for (const name of ["pytorch_model.bin", "pytorch_model.bin.index.json"]) {
    if (!folder.has(files.weights) && folder.has(name)) {
      throw new CheckpointError(
        `${folder.folder} must hold its weights in ${files.weights}: got ${name} (load it with transformers, then save_pretrained)`,
      );
    }
  }
  return folder.check(files.weights);
}

/** `h.0.ln_1.weight` for `module._orig_mod.h.0.ln_1.weight`. */
function withoutWrappers(name: string): string {
  return name
    .split(".")
    .filter((part) => part !== "_orig_mod")
    .join(".")
    .replace(/^(module\.)+/, "");
}

/** The files that an index names, each with the tensors that it is to hold. */
function indexedFiles(folder: CheckpointFiles, path: string): TensorFile[] {
  const { weight_map: map } = folder.json(files.weightsIndex);
  if (!isObject(map)) throw damaged(path, "weight_map must be an object");
  const parts = new Map<string, string[]>();
  for (const [tensor, name] of Object.entries(map)) {
    // A file next to the index: no path leads out of the folder.
    if (typeof name !== "string" || !/^[\w-][\w.-]*\.safetensors$/.test(name)) {
      throw damaged(
        path,
        `${JSON.stringify(tensor)} must be in a file like model-00001-of-00002.safetensors: got ${show(name)}`,
      );
    }
    const holds = parts.get(name);
    if (holds) holds.push(tensor);
    else parts.set(name, [tensor]);
  }
  if (parts.size === 0) throw damaged(path, "weight_map must name files");
  return [...parts].map(([name, holds]) => ({ path: folder.check(name), holds }));
}
