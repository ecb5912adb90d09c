import { type BackendChoice, useBackend } from "../backends/choose.js";
import { definedFields } from "../config/checks.js";
import { generationConfig } from "../config/generation.js";
import { Decoder } from "../generation/decoder.js";
import { type GenerateOptions, generateText } from "../generation/generate.js";
import { openModel } from "./openModel.js";

export interface GenerateFromOptions extends GenerateOptions {
  /** A checkpoint folder, or a run folder (its best checkpoint). */
  checkpoint: string;
  /** @default "auto" */
  backend?: BackendChoice;
  /** Hears each piece of text as it is made, and which of the `numSamples` answers it belongs to. */
  onText?: (piece: string, sample: number) => void;
  /** Hears which backend runs and why. */
  onNote?: (line: string) => void;
}

/**
 * Texts that a saved model writes after a prompt, `numSamples` of them.
 *
 * @throws ConfigError, DataError or CheckpointError for an option, a prompt or a checkpoint that can't be used.
 */
export async function generate({
  checkpoint,
  backend,
  onText,
  onNote,
  ...options
}: GenerateFromOptions): Promise<string[]> {
  generationConfig(options); // refuses bad options before anything is loaded
  const active = await useBackend(backend);
  const opened = openModel(checkpoint);
  onNote?.(`backend ${active.reason}; ${opened.folder}`);
  const decoder = new Decoder(opened.model);
  try {
    const settings = { ...opened.generation, ...definedFields(options) };
    const texts: string[] = [];
    for (let sample = 0; sample < generationConfig(settings).numSamples; sample++) {
      let text = "";
      for await (const piece of generateText(opened.model, opened.tokenizer, { ...settings, sample, decoder })) {
        onText?.(piece, sample);
        text += piece;
      }
      texts.push(text);
    }
    return texts;
  } finally {
    decoder.dispose();
    opened.dispose();
  }
}
