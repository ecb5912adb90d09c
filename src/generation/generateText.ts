import { setImmediate as eventLoop } from "node:timers/promises";
import { type GenerationConfig, generationConfig } from "../config/generation.js";
import { InterruptedError } from "../core/errors.js";
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
  /** Ends the text before its next token, with an InterruptedError. */
  signal?: AbortSignal;
}

/** How a text was written. */
export interface Written {
  /** Tokens of the prompt. */
  promptTokens: number;
  /** The new tokens, with those of a stop text that the text itself does not hold. */
  ids: number[];
  /** Whether a stop text ended it, or `maxNewTokens`. */
  finishReason: "stop" | "length";
}

/**
 * Streams the text that `model` writes after a prompt, piece by piece. Beyond its context length the model sees the last
 * `contextLength` tokens. The generator returns how the text was written.
 *
 * @throws ConfigError if an option breaks its rule.
 * @throws DataError if the prompt holds a token that the tokenizer does not know.
 * @throws InterruptedError if `signal` asked to stop.
 */
export async function* generateText(
  model: Transformer,
  tokenizer: Tokenizer,
  { prompt = "", sample = 0, decoder, signal, ...given }: GenerateOptions = {},
): AsyncGenerator<string, Written> {
  const config = generationConfig(given);
  const { ids: known, held } = tokenizer.encodePrompt(prompt);
  const promptIds = known.length > 0 ? [...known] : startIds(tokenizer);
  const worker = decoder ?? new Decoder(model);
  const ids: number[] = [];
  try {
    const texts = without(held, pieces(worker, tokenizer, { config, promptIds, sample, ids, signal }));
    const isStopped = yield* untilStop(texts, config.stop);
    return { promptTokens: promptIds.length, ids, finishReason: isStopped ? "stop" : "length" };
  } finally {
    if (!decoder) worker.dispose();
  }
}

interface Writing {
  config: GenerationConfig;
  promptIds: number[];
  sample: number;
  /** Receives the new tokens. */
  ids: number[];
  signal: AbortSignal | undefined;
}

async function* pieces(
  decoder: Decoder,
  tokenizer: Tokenizer,
  { config, promptIds, sample, ids, signal }: Writing,
): AsyncGenerator<string> {
  const random = new Random(config.seed, "generate", sample);
  const decoded = tokenizer.decoder();
  decoder.begin(promptIds);
  try {
    while (ids.length < config.maxNewTokens) {
      if (signal?.aborted) throw new InterruptedError(`stopped after ${ids.length} new tokens`);
      for (const id of decoder.write(config.maxNewTokens - ids.length, config, random)) {
        ids.push(id);
        const text = decoded.push(id);
        if (text !== "") yield text;
      }
      await eventLoop(); // lets Ctrl-C through
    }
    const rest = decoded.end();
    if (rest !== "") yield rest;
  } finally {
    decoder.rewind(promptIds.length + ids.length); // tokens computed after the end are not part of the text
  }
}

/** `pieces` after a prompt that ends in `held`: its last space, which the first piece begins with, is not written twice. */
async function* without(held: string, pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let isFirst = held !== "";
  for await (const piece of pieces) {
    const text = isFirst && piece.startsWith(" ") ? piece.slice(1) : piece;
    isFirst = false;
    if (text !== "") yield text;
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
