// npm start
import { existsSync } from "node:fs";
import { join } from "node:path";
import { useBackend } from "../src/backends/choose.js";
import { preset } from "../src/config/presets.js";
import { packageRoot } from "../src/core/packageRoot.js";
import { generate } from "../src/jobs/generate.js";
import { train } from "../src/jobs/train.js";
import { backendFlag, switchFlag } from "./support/flags.js";
import { stopOnInterrupt } from "./support/interrupt.js";
import type { HeedCommand } from "./support/main.js";
import { TrainingDisplay } from "./support/trainingDisplay.js";

export const command: HeedCommand = {
  command: "start",
  describe: "The first run: train a small model on the tales, and read what it writes",
  builder: { backend: backendFlag, overwrite: switchFlag("Train anew where it has been done", false) },
  handler: async ({ backend, overwrite }) => {
    const { name } = await useBackend(backend);
    const { tokenizer, model, training } = preset(name === "native" || name === "gpu" ? "start" : "start-wasm");
    const out = join("models", "start");
    const resume = existsSync(join(out, "run.json")) && !overwrite;
    const data = [join(packageRoot, "data", "tales", "tales.txt")];
    const asked = resume ? { out, resume } : { out, overwrite, data, tokenizer, model, training };
    const display = new TrainingDisplay();
    const { signal, release } = stopOnInterrupt(() => display.close());
    const result = await train({ ...asked, backend, signal }, display.listeners).finally(() => {
      display.close();
      release();
    });
    display.summary(result);
    process.stderr.write("\nWhat it writes:\n\n");
    await generate({
      ...{ checkpoint: out, backend, numSamples: 3, maxNewTokens: 160, temperature: 0.7, stop: ["\n\n"] },
      onText: (() => {
        let last = 0;
        return (piece: string, sample: number) => {
          process.stdout.write(sample === last ? piece : `\n\n${piece}`);
          last = sample;
        };
      })(),
    });
    process.stdout.write("\n");
    process.stderr.write(nextCommands(out));
  },
};

function nextCommands(out: string): string {
  return `
Try next:
  npm run generate -- --checkpoint ${out} --prompt "Mia found"
  npm run evaluate -- --checkpoint ${out} --data data/tales/heldout.txt
  npm run train -- --data data/tales/tales.txt --tokenizer word --out models/eight-heads --heads 8
`;
}
