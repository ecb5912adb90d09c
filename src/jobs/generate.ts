import { useBackend } from "../backends/choose.js";
import { generationConfig } from "../config/generation.js";
import { type XlaChoice, xlaChoices } from "../config/xla.js";
import { definedFields, requireNamed, requireOneOf } from "../core/checks.js";
import { Decoder } from "../generation/decoder.js";
import { type GenerateOptions, generateText, type Written } from "../generation/generateText.js";
import { openModel } from "./openModel.js";

/** Tokens from which on XLA's compilation costs less time than it saves. */
const worthXla = 10_000;

export interface GenerateFromOptions extends Omit<GenerateOptions, "sample" | "decoder"> {
  /** A checkpoint folder, or a run folder (its best checkpoint). */
  checkpoint: string;
  /** Whether to load files that another program changed after heed saved them. @default false */
  trust?: boolean;
  /** @default "auto" */
  backend?: string;
  /** Whether XLA compiles the writing: `auto` where so much is to be written that its seconds pay. @default "auto" */
  xla?: XlaChoice;
  /** Receives each piece of text as it is made, and which of the `numSamples` answers it belongs to. */
  onText?: (piece: string, sample: number) => void;
  /** Receives which backend runs and why. */
  onNote?: (line: string) => void;
}

/** What a saved model wrote. */
export interface Generation {
  /** The folder of the checkpoint that wrote it. */
  checkpoint: string;
  backend: string;
  prompt: string;
  seed: number;
  answers: GeneratedText[];
}

export interface GeneratedText extends Written {
  /** What comes after the prompt. */
  text: string;
  newTokens: number;
  /** Seconds that it took, the reading of the prompt included. */
  seconds: number;
  tokensPerSecond: number;
}

/**
 * What a saved model writes after a prompt, `numSamples` times.
 *
 * @throws ConfigError, DataError or CheckpointError for an option, a prompt or a checkpoint that can't be used.
 * @throws InterruptedError if `signal` asked to stop.
 */
export async function generate({
  checkpoint,
  backend,
  xla = "auto",
  trust,
  onText,
  onNote,
  ...options
}: GenerateFromOptions): Promise<Generation> {
  requireNamed("checkpoint", checkpoint, "name a run or a checkpoint");
  const { prompt = "", signal, ...drawing } = options;
  generationConfig(drawing); // refuses bad options before anything is loaded
  requireOneOf("xla", xla, xlaChoices);
  const active = await useBackend(backend);
  const opened = openModel(checkpoint, { trust });
  onNote?.(`backend ${active.reason}; ${opened.folder}`);
  for (const note of opened.notes) onNote?.(note);
  const settings = { ...opened.generation, ...definedFields(drawing) };
  const { numSamples, maxNewTokens, seed } = generationConfig(settings);
  const byXla = xla === "auto" ? numSamples * maxNewTokens >= worthXla : xla === "on";
  const decoder = new Decoder(opened.model, { xla: byXla, source: opened.folder });
  try {
    const answers: GeneratedText[] = [];
    for (let sample = 0; sample < numSamples; sample++) {
      const writing = { ...settings, prompt, sample, decoder, signal };
      const pieces = generateText(opened.model, opened.tokenizer, writing);
      answers.push(await answerOf(pieces, (piece) => onText?.(piece, sample)));
    }
    return { checkpoint: opened.folder, backend: active.name, prompt, seed, answers };
  } finally {
    decoder.dispose();
    opened.dispose();
  }
}

async function answerOf(
  pieces: AsyncGenerator<string, Written>,
  onText: (piece: string) => void,
): Promise<GeneratedText> {
  const began = performance.now();
  let text = "";
  let next = await pieces.next();
  for (; !next.done; next = await pieces.next()) {
    text += next.value;
    onText(next.value);
  }
  const { promptTokens, ids, finishReason } = next.value;
  const seconds = (performance.now() - began) / 1000;
  return {
    text,
    finishReason,
    promptTokens,
    newTokens: ids.length,
    seconds,
    tokensPerSecond: ids.length / seconds,
    ids,
  };
}
