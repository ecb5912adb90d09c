import { useBackend } from "../backends/choose.js";
import { generationConfig } from "../config/generation.js";
import { type XlaChoice, xlaChoices } from "../config/xla.js";
import { definedFields, requireNamed, requireOneOf } from "../core/checks.js";
import { Decoder } from "../generation/decoder.js";
import { type GenerateOptions, generateText } from "../generation/generateText.js";
import { openModel } from "./openModel.js";

/** Tokens from which on XLA's compilation costs less time than it saves. */
const worthXla = 10_000;

export interface GenerateFromOptions extends Omit<GenerateOptions, "sample" | "decoder"> {
  /** A checkpoint folder, or a run folder (its best checkpoint). */
  checkpoint: string;
  /** @default "auto" */
  backend?: string;
  /** Whether XLA compiles the writing: `auto` where so much is to be written that its seconds pay. @default "auto" */
  xla?: XlaChoice;
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
  xla = "auto",
  onText,
  onNote,
  ...options
}: GenerateFromOptions): Promise<string[]> {
  requireNamed("checkpoint", checkpoint, "name a run or a checkpoint");
  const { prompt, ...drawing } = options;
  generationConfig(drawing); // refuses bad options before anything is loaded
  requireOneOf("xla", xla, xlaChoices);
  const active = await useBackend(backend);
  const opened = openModel(checkpoint);
  onNote?.(`backend ${active.reason}; ${opened.folder}`);
  const settings = { ...opened.generation, ...definedFields(drawing) };
  const { numSamples, maxNewTokens } = generationConfig(settings);
  const byXla = xla === "auto" ? numSamples * maxNewTokens >= worthXla : xla === "on";
  const decoder = new Decoder(opened.model, { xla: byXla });
  try {
    const texts: string[] = [];
    for (let sample = 0; sample < numSamples; sample++) {
      let text = "";
      for await (const piece of generateText(opened.model, opened.tokenizer, {
        ...settings,
        prompt,
        sample,
        decoder,
      })) {
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
