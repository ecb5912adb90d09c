import { setImmediate as eventLoop } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs";
import { type GenerationConfig, generationConfig } from "../config/generation.js";
import { Random } from "../config/random.js";
import type { Transformer } from "../model/transformer.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";
import { candidates, penalizeRepetition } from "./filters.js";
import { draw } from "./sampler.js";
import { untilStop } from "./stop.js";

export interface GenerateOptions extends Partial<GenerationConfig> {
  /** Text to go on from; empty starts a new text. @default "" */
  prompt?: string;
  /** Which of several answers this is; each draws its own random numbers. @default 0 */
  sample?: number;
}

/**
 * Text that `model` writes after a prompt, in pieces, as they are made. Beyond its context length the model sees the
 * last `contextLength` tokens.
 *
 * @throws ConfigError if an option breaks its rule.
 * @throws DataError if the prompt holds a token that the tokenizer does not know.
 */
export async function* generateText(
  model: Transformer,
  tokenizer: Tokenizer,
  { prompt = "", sample = 0, ...given }: GenerateOptions = {},
): AsyncGenerator<string> {
  const config = generationConfig(given);
  const promptIds =
    prompt === "" ? startIds(tokenizer) : [...tokenizer.encode(prompt, { source: "prompt", line: 1, column: 1 })];
  yield* untilStop(pieces(model, tokenizer, { config, promptIds, sample }), config.stop);
}

async function* pieces(
  model: Transformer,
  tokenizer: Tokenizer,
  { config, promptIds, sample }: { config: GenerationConfig; promptIds: number[]; sample: number },
): AsyncGenerator<string> {
  const random = new Random(config.seed, "generate", sample);
  const ids = [...promptIds];
  for (let count = 0; count < config.maxNewTokens; count++) {
    const logits = nextLogits(model, ids);
    penalizeRepetition(logits, ids, config.repetitionPenalty);
    const id = draw(candidates(logits, config), random);
    ids.push(id);
    yield tokenizer.decode([id]);
    await eventLoop(); // lets Ctrl-C through
  }
}

/** Logits of the token that follows `ids`, `[V]`. */
export function nextLogits(model: Transformer, ids: number[]): Float32Array {
  const seen = ids.slice(-model.config.contextLength);
  return tf.tidy(() => {
    const logits = model.logits(tf.tensor2d(seen, [1, seen.length], "int32")); // [1, T, V]
    return logits.slice([0, seen.length - 1, 0], [1, 1, -1]).dataSync() as Float32Array;
  });
}

/** What an empty prompt stands for: the blank line, or the line's end, after which a text begins; else the first token. */
export function startIds(tokenizer: Tokenizer): number[] {
  for (const text of ["\n\n", "\n"]) {
    try {
      const ids = [...tokenizer.encode(text)];
      if (ids.length > 0 && !ids.includes(tokenizer.unknownId ?? -1)) return ids;
    } catch {
      // This tokenizer does not know the text: try the next.
    }
  }
  return [0];
}
