import type { GenerationConfig } from "../config/generation.js";
import { CheckpointError } from "../core/errors.js";
import { Transformer } from "../model/transformer.js";
import { type LoadOptions, loadCheckpoint } from "../runs/checkpoint/checkpoint.js";
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
  /** Frees the weights. */
  dispose(): void;
}

/**
 * The model and tokenizer of a checkpoint folder, or of a run folder's best (or latest) checkpoint.
 *
 * @throws CheckpointError if there is none, or it is damaged.
 */
export function openModel(path: string, { prefer }: Pick<LoadOptions, "prefer"> = {}): OpenModel {
  const { folder, step, config, weights, tokenizer, generation } = loadCheckpoint(path, { prefer });
  if (!tokenizer) throw new CheckpointError(`${folder} must hold a tokenizer.json: there is none (heed needs its own)`);
  const known = tokenizerFromJson(tokenizer, `${folder}/tokenizer.json`);
  const model = new Transformer(config);
  model.load(weights);
  return { model, tokenizer: known, folder, step, generation, dispose: () => model.dispose() };
}
