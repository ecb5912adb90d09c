// npm run model -- --layers 6 --heads 6 --dim 384 --context 256 --batch 4
import { describeModel } from "../src/jobs/describeModel.js";
import { numberFlag, switchFlag, textFlag } from "./support/flags.js";
import type { HeedCommand } from "./support/main.js";
import { modelText, sayTiming } from "./support/modelText.js";
import { withStandardInput } from "./support/standardInput.js";
import { settingFlags, timingFlag, trainOptions } from "./train.js";

/** Flags of `train` that neither change what training takes nor say what the model is. */
const others = ["val-data", "val-fraction", "lr", "min-lr", "warmup", "weight-decay", "beta1", "beta2", "clip"];
others.push("save-every", "sample-every", "seed", "xla");

export const command: HeedCommand = {
  command: "model [checkpoint]",
  describe: "Show a model's layers, and the memory and time that it takes",
  examples: [
    ["$0 model --layers 6 --heads 6 --dim 384 --context 256", "A shape, without a text"],
    ["$0 model models/mine", "A model that you trained"],
  ],
  builder: {
    checkpoint: textFlag("Run or checkpoint folder whose model it is"),
    "vocab-size": numberFlag("vocab-size", "Tokens known", "those of --data, or 65"),
    ...Object.fromEntries(Object.entries(settingFlags).filter(([flag]) => !others.includes(flag))),
    timing: timingFlag,
    json: switchFlag("Print the same as JSON", false),
  },
  handler: async (flags) => {
    const { checkpoint, vocabSize, timing } = flags;
    const { model, out, ...options } = await withStandardInput(trainOptions(flags));
    const summary = await describeModel({
      ...options,
      model: vocabSize === undefined ? model : { ...model, vocabSize },
      checkpoint,
      timing,
      onTiming: sayTiming,
    });
    process.stdout.write(`${flags.json ? JSON.stringify(summary) : modelText(summary)}\n`);
  },
};
