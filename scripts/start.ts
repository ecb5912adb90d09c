// npm start
import { existsSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { useBackend } from "../src/backends/choose.js";
import { preset } from "../src/config/presets.js";
import { packageRoot } from "../src/core/packageRoot.js";
import { generate } from "../src/jobs/generate.js";
import { train } from "../src/jobs/train.js";
import { backendFlag, switchFlag, textFlag } from "./support/flags.js";
import { stopOnInterrupt } from "./support/interrupt.js";
import type { HeedCommand } from "./support/main.js";
import { writeRunPage } from "./support/runPage.js";
import { note, styled } from "./support/screen.js";
import { TrainingDisplay } from "./support/trainingDisplay.js";
import { storyWriter } from "./support/wordWrap.js";

export const command: HeedCommand = {
  command: "start",
  examples: [
    ["$0 start", "Train, or go on where it was stopped, and read three stories"],
    ["$0 start --overwrite", "Start over"],
  ],
  describe: "The first run: train a small model on the tales, and read what it writes",
  builder: {
    out: textFlag("Run folder", "models/start"),
    backend: backendFlag,
    overwrite: switchFlag("Train again where it has been done", false),
  },
  handler: async ({ backend, overwrite, out = join("models", "start") }) => {
    const { name } = await useBackend(backend);
    const { tokenizer, model, training } = preset(name === "native" || name === "gpu" ? "start" : "start-wasm");
    const resume = existsSync(join(out, "run.json")) && !overwrite;
    const data = [join(tales, "tales.txt")];
    const asked = resume ? { out, resume } : { out, overwrite, data, tokenizer, model, training };
    const display = new TrainingDisplay();
    const { signal, release } = stopOnInterrupt(() => display.close());
    const result = await train({ ...asked, backend, signal }, display.listeners).finally(() => {
      display.close();
      release();
    });
    display.summary(result);
    note(`\n${styled("bold", "What it writes:")}\n`);
    let story = storyWriter();
    let last = 0;
    await generate({
      checkpoint: out,
      backend,
      numSamples: 3,
      maxNewTokens: 160,
      temperature: 0.7,
      stop: ["\n\n"],
      onText: (piece, sample) => {
        if (sample !== last) {
          story.end();
          process.stdout.write("\n\n");
          story = storyWriter();
          last = sample;
        }
        story.push(piece);
      },
    });
    story.end();
    process.stdout.write("\n");
    const page = await writeRunPage(out, { backend });
    note(`\n${styled("bold", "Look inside:")} open ${page.out} in a browser`);
    note(styled("dim", nextCommands(out)));
  },
};

const tales = join(packageRoot, "data", "tales");

function nextCommands(out: string): string {
  const isInstalled = basename(dirname(packageRoot)) === "node_modules";
  const heed = (name: string) => (isInstalled ? `npx heed ${name}` : `npm run ${name} --`);
  const here = (file: string) => relative(process.cwd(), join(tales, file));
  return `
Try next:
  ${heed("generate")} ${out} "Mia found"
  ${heed("evaluate")} ${out} ${here("heldout.txt")}
  ${heed("train")} ${here("tales.txt")} --tokenizer word --out models/eight-heads --heads 8`;
}
