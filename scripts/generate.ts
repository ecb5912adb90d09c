// npm run generate -- --checkpoint models/tales --prompt "Once upon a time"
import { readFileSync } from "node:fs";
import { generationFields } from "../src/config/generation.js";
import { type XlaChoice, xlaChoices } from "../src/config/xla.js";
import { ConfigError, DataError } from "../src/core/errors.js";
import { generate } from "../src/jobs/generate.js";
import { backendFlag, choiceFlag, givenFields, switchFlag, tableFlags, textFlag } from "./support/flags.js";
import type { HeedCommand } from "./support/main.js";

export const command: HeedCommand = {
  command: "generate",
  describe: "Write text with a trained model",
  examples: [
    ['$0 generate --checkpoint models/mine --prompt "One morning"', "Go on from a prompt"],
    ["$0 generate --checkpoint models/mine --num-samples 3 --temperature 1", "Write three new texts, wilder ones"],
  ],
  builder: {
    checkpoint: textFlag("Run or checkpoint folder; needed"),
    prompt: textFlag("Text to go on from", "a new text"),
    "prompt-file": textFlag("File that holds the prompt"),
    ...tableFlags(generationFields, "Drawing:"),
    backend: backendFlag,
    xla: choiceFlag("Whether XLA compiles the writing, on native", xlaChoices, "auto: for long texts"),
    json: switchFlag("Print the answers as JSON", false),
  },
  handler: async (flags) => {
    const prompt = promptOf(flags.prompt, flags.promptFile);
    const texts = await generate({
      checkpoint: flags.checkpoint,
      prompt,
      backend: flags.backend,
      xla: flags.xla as XlaChoice | undefined,
      ...givenFields(generationFields, flags),
      onNote: (line) => process.stderr.write(`${line}\n`),
      onText: flags.json ? undefined : streamTo(prompt, (flags.numSamples ?? 1) > 1),
    });
    process.stdout.write(flags.json ? `${JSON.stringify({ prompt, texts })}\n` : "\n");
  },
};

/** Writes pieces as they come, each answer after the prompt and, where there are several, under a line of its own. */
function streamTo(prompt: string, several: boolean): (piece: string, sample: number) => void {
  let current = -1;
  return (piece, sample) => {
    if (sample !== current) {
      if (several) process.stdout.write(`${current < 0 ? "" : "\n"}--- ${sample + 1} ---\n`);
      process.stdout.write(prompt);
      current = sample;
    }
    process.stdout.write(piece);
  };
}

function promptOf(prompt: string | undefined, promptFile: string | undefined): string {
  if (promptFile === undefined) return prompt ?? "";
  if (prompt !== undefined) throw new ConfigError("prompt and prompt-file can't both be given");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(promptFile));
  } catch (error) {
    throw new DataError(`prompt-file must be a text in UTF-8: ${(error as Error).message} (${promptFile})`);
  }
}
