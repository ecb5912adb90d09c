// npm run model -- --layers 6 --heads 6 --dim 384 --context 256 --batch 4
import { describeModel } from "../src/jobs/describeModel.js";
import { calibrationDisplay } from "./support/calibrationDisplay.js";
import { numberFlag, switchFlag, textFlag } from "./support/flags.js";
import type { HeedCommand } from "./support/main.js";
import { modelText } from "./support/modelText.js";
import { settingFlags, trainOptions } from "./train.js";

/** Flags of `train` that neither change what training takes nor say what the model is. */
const others = ["val-data", "val-fraction", "lr", "min-lr", "warmup", "weight-decay", "beta1", "beta2", "clip"];
others.push("save-every", "sample-every", "seed", "xla");

export const command: HeedCommand = {
  command: "model",
  describe: "Show a model's layers, and the memory and time that it takes",
  examples: [
    ["$0 model --layers 6 --heads 6 --dim 384 --context 256", "A shape, without a text"],
    ["$0 model --checkpoint models/mine", "A model that you trained"],
  ],
  builder: {
    checkpoint: textFlag("Run or checkpoint folder whose model it is"),
    "vocab-size": numberFlag("vocab-size", "Tokens known", "those of --data, or 65"),
    ...Object.fromEntries(Object.entries(settingFlags).filter(([flag]) => !others.includes(flag))),
    estimate: switchFlag("Whether to say how long training takes; measures this machine once", true),
    calibrate: switchFlag("Measure this machine's speed anew", false),
    json: switchFlag("Print the page as JSON", false),
  },
  handler: async (flags) => {
    const { checkpoint, vocabSize, estimate, calibrate } = flags;
    const { model, out, ...options } = trainOptions(flags);
    const { onProgress, close } = calibrationDisplay();
    const page = await describeModel({
      ...options,
      model: vocabSize === undefined ? model : { ...model, vocabSize },
      ...{ checkpoint, estimate, calibrate, onProgress },
    }).finally(close);
    process.stdout.write(`${flags.json ? JSON.stringify(page) : modelText(page)}\n`);
  },
};
