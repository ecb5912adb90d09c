import { setImmediate as eventLoop } from "node:timers/promises";
import { type GenerationConfig, generationConfig } from "../config/generation.js";
import { Random } from "../core/random.js";
import type { Transformer } from "../model/transformer.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";
import { Decoder } from "./decoder.js";
import { untilStop } from "./stop.js";

export interface GenerateOptions extends Partial<GenerationConfig> {
  /** Text to continue; empty starts a new text. @default "" */
  prompt?: string;
  /** Which of several samples this is; each draws its own random numbers. @default 0 */
  sample?: number;
  /** Computes the tokens; several samples can share one. @default a new one for this sample */
  decoder?: Decoder;
}

/**
 * Streams the text that `model` writes after a prompt, piece by piece. Beyond its context length the model sees the last
 * `contextLength` tokens.
 *
 * @throws ConfigError if an option breaks its rule.
 * @throws DataError if the prompt holds a token that the tokenizer does not know.
 */
export async function* generateText(
  model: Transformer,
  tokenizer: Tokenizer,
  { prompt = "", sample = 0, decoder, ...given }: GenerateOptions = {},
): AsyncGenerator<string> {
  const config = generationConfig(given);
  const promptIds =
    prompt === "" ? startIds(tokenizer) : [...tokenizer.encode(prompt, { source: "prompt", line: 1, column: 1 })];
  const worker = decoder ?? new Decoder(model);
  try {
    yield* untilStop(pieces(worker, tokenizer, { config, promptIds, sample }), config.stop);
  } finally {
    if (!decoder) worker.dispose();
  }
}

async function* pieces(
  decoder: Decoder,
  tokenizer: Tokenizer,
  { config, promptIds, sample }: { config: GenerationConfig; promptIds: number[]; sample: number },
): AsyncGenerator<string> {
  const random = new Random(config.seed, "generate", sample);
  decoder.begin(promptIds);
  let written = 0;
  try {
    while (written < config.maxNewTokens) {
      for (const id of decoder.write(config.maxNewTokens - written, config, random)) {
        written++;
        yield tokenizer.decode([id]);
      }
      await eventLoop(); // lets Ctrl-C through
    }
  } finally {
    decoder.rewind(promptIds.length + written); // tokens computed after the end are not part of the text
  }
}

/** What an empty prompt means: the blank line, or the line break, after which a text begins; else the first token. */
export function startIds(tokenizer: Tokenizer): number[] {
  for (const text of ["\n\n", "\n"]) {
    try {
      const ids = [...tokenizer.encode(text)];
      if (ids.length > 0 && !ids.includes(tokenizer.unknownId ?? -1)) return ids;
    } catch {
      // This tokenizer can't encode the text: try the next.
    }
  }
  return [0];
}
