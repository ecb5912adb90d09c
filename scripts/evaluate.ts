// npm run evaluate -- --checkpoint models/tales --data data/tales/heldout.txt
import type { BackendChoice } from "../src/backends/choose.js";
import { ConfigError } from "../src/config/errors.js";
import { type Evaluation, evaluate } from "../src/experiments/evaluate.js";
import { backendFlag, numberFlag, switchFlag, textFlag } from "./support/flags.js";
import type { HeedCommand } from "./support/main.js";

export const command: HeedCommand = {
  command: "evaluate",
  describe: "Measure a trained model on a text",
  builder: {
    checkpoint: textFlag("Run or checkpoint folder; needed"),
    data: textFlag("Text file; needed"),
    batch: numberFlag("batch", "Sequences at a time", 16),
    backend: backendFlag,
    json: switchFlag("Print the figures as JSON", false),
  },
  handler: async (flags) => {
    for (const name of ["checkpoint", "data"]) {
      if (!flags[name]) throw new ConfigError(`${name} must be given: got none (add --${name} PATH)`);
    }
    const { checkpoint, data, batch: batchSize } = flags;
    const result = await evaluate({ checkpoint, data, batchSize, backend: flags.backend as BackendChoice | undefined });
    process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : `${table(result)}\n`);
  },
};

function table(e: Evaluation): string {
  const rows: [string, string][] = [
    ["checkpoint", e.checkpoint],
    ["text", `${e.data}: ${e.tokens} tokens, ${e.characters} characters, ${e.words} words`],
    ["loss", `${e.loss.toFixed(4)} nats a token (perplexity ${e.perplexity.toFixed(3)})`],
    ["bits per character", e.bitsPerCharacter.toFixed(4) + floorNote(e.bitsPerCharacter, e.floor?.bitsPerCharacter)],
    ["bits per word", e.bitsPerWord.toFixed(4) + floorNote(e.bitsPerWord, e.floor?.bitsPerWord)],
  ];
  return rows.map(([name, value]) => `${name.padEnd(20)}${value}`).join("\n");
}

function floorNote(value: number, floor: number | undefined): string {
  return floor === undefined ? "" : `   (${(value - floor).toFixed(4)} above the best possible, ${floor.toFixed(4)})`;
}
