// npm run model -- --layers 6 --heads 6 --dim 384 --context 256 --batch 4
import { describeModel } from "../src/jobs/describeModel.js";
import { calibrationDisplay } from "./support/calibrationDisplay.js";
import { modelFlags, numberFlag, switchFlag, textFlag } from "./support/flags.js";
import type { HeedCommand } from "./support/main.js";
import { modelText } from "./support/modelText.js";
import { command as train, trainOptions } from "./train.js";

/** Flags of `train` that change what training takes, or say what the model is. */
const sharedFlags = ["data", "preset", "config", "tokenizer", "unknown-token", ...Object.keys(modelFlags)];
sharedFlags.push("steps", "batch", "grad-accum", "eval-every", "eval-batches", "precision", "backend", "compile");

export const command: HeedCommand = {
  command: "model",
  describe: "Show a model's layers, and the memory and time that it takes",
  builder: {
    checkpoint: textFlag("Run or checkpoint folder whose model it is"),
    "vocab-size": numberFlag("vocab-size", "Tokens known", "those of --data, or 65"),
    ...Object.fromEntries(sharedFlags.map((flag) => [flag, train.builder[flag]!])),
    estimate: switchFlag("Whether to say how long training takes; measures this machine once", true),
    calibrate: switchFlag("Measure this machine's speed anew", false),
    json: switchFlag("Print the page as JSON", false),
  },
  handler: async (flags) => {
    const { checkpoint, vocabSize, estimate, calibrate } = flags;
    const { model, ...options } = trainOptions(flags);
    const { onProgress, close } = calibrationDisplay();
    const page = await describeModel({
      ...options,
      model: vocabSize === undefined ? model : { ...model, vocabSize },
      ...{ checkpoint, estimate, calibrate, onProgress },
    }).finally(close);
    process.stdout.write(`${flags.json ? JSON.stringify(page) : modelText(page)}\n`);
  },
};
