import type { GenerationConfig } from "../config/generation.js";
import { CheckpointError } from "../core/errors.js";
import { Transformer } from "../model/transformer.js";
import { weightShapes } from "../model/weightShapes.js";
import { type Checkpoint, type LoadOptions, loadCheckpoint } from "../runs/checkpoint/checkpoint.js";
import { elementCount } from "../runs/checkpoint/safetensorsHeader.js";
import { tokenizerFromJson } from "../tokenizers/json.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";

export interface OpenModel {
  model: Transformer;
  tokenizer: Tokenizer;
  /** The checkpoint's folder. */
  folder: string;
  /** Weight updates done; undefined if another program saved the checkpoint. */
  step: number | undefined;
  /** How the checkpoint says to draw text. */
  generation: Partial<GenerationConfig>;
  /** What the user should know, a line each. */
  notes: readonly string[];
  /** Frees the weights. */
  dispose(): void;
}

/**
 * The model and tokenizer of a checkpoint folder, or of a run folder's best (or latest) checkpoint.
 *
 * @throws CheckpointError if there is none, it is damaged, or its tokenizer knows more tokens than its model.
 */
export function openModel(path: string, options: Pick<LoadOptions, "prefer" | "trust"> = {}): OpenModel {
  const { folder, step, tokenizer: json, generation, ...saved } = loadCheckpoint(path, options);
  if (!json) throw new CheckpointError(`${folder} must hold a tokenizer.json: there is none (heed needs its own)`);
  const tokenizer = tokenizerFromJson(json, `${folder}/tokenizer.json`);
  const { config, weights, notes } = withoutPadding(saved, tokenizer.vocabSize, folder);
  const model = new Transformer(config);
  model.load(weights);
  return { model, tokenizer, folder, step, generation, notes, dispose: () => model.dispose() };
}

/**
 * The model with a row for each token that the tokenizer knows. What a model has beyond them, to make its size a
 * multiple of some number, can't be drawn and has no part in probabilities.
 */
function withoutPadding(
  { config, weights, notes }: Pick<Checkpoint, "config" | "weights" | "notes">,
  vocabSize: number,
  folder: string,
): Pick<Checkpoint, "config" | "weights" | "notes"> {
  requireRoom(config.vocabSize, vocabSize, folder);
  if (config.vocabSize === vocabSize) return { config, weights, notes };
  const fitted = { ...config, vocabSize };
  const rows = [...weightShapes(fitted)].map(([name, shape]) => {
    const { data } = weights.get(name)!;
    return [name, { shape, data: data.subarray(0, elementCount(shape)) }] as const; // rows at the end are left out
  });
  const padding = `${folder}: the model has ${config.vocabSize} tokens, the tokenizer ${vocabSize}: the rest is padding and left out`;
  return { config: fitted, weights: new Map(rows), notes: [...notes, padding] };
}

/** @throws CheckpointError naming both sizes if the model lacks tokens that the tokenizer knows. */
function requireRoom(modelSize: number, tokenizerSize: number, folder: string): void {
  if (tokenizerSize <= modelSize) return;
  throw new CheckpointError({
    where: folder,
    field: "tokenizer.json",
    rule: `know at most the ${modelSize} tokens that the model has`,
    got: `${tokenizerSize}`,
    remedy: "put the tokenizer.json of this model beside it",
  });
}
