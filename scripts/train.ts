// npm run train -- --data data/tales/tales.txt --tokenizer word --out models/tales
import { modelFields } from "../src/config/model.js";
import { preset, type Settings, settingsFile } from "../src/config/presets.js";
import { dataFields, machineFields, outputFields } from "../src/config/run.js";
import { trainingFields } from "../src/config/training.js";
import { planTraining } from "../src/jobs/planTraining.js";
import { type TrainResult, train } from "../src/jobs/train.js";
import type { TrainOptions } from "../src/jobs/trainOptions.js";
import { givenFields, switchFlag, tableFlags, textFlag } from "./support/flags.js";
import { stopOnInterrupt } from "./support/interrupt.js";
import type { HeedCommand } from "./support/main.js";
import { modelText, sayTiming } from "./support/modelText.js";
import { writeRunPage } from "./support/runPage.js";
import { note } from "./support/screen.js";
import { withStandardInput } from "./support/standardInput.js";
import { TrainingDisplay } from "./support/trainingDisplay.js";

const { vocabSize, ...shapeFields } = modelFields; // the tokenizer decides the vocabulary

/** The flags of `train` that say what is trained, and how. */
export const settingFlags = {
  ...tableFlags(dataFields, "Data:"),
  preset: { ...textFlag("Named settings, from models/presets"), group: "Model:" },
  config: { ...textFlag("JSON file of settings, or a run.json"), group: "Model:" },
  ...tableFlags(shapeFields, "Model:"),
  ...tableFlags(trainingFields, "Training:"),
  ...tableFlags(machineFields, "Machine:"),
};

export const timingFlag = switchFlag("Whether a dry run times a few steps", true);

export const command: HeedCommand = {
  command: "train [data..]",
  describe: "Train a model on text files",
  examples: [
    ["$0 train my.txt --out models/mine", "Train on a text of your own"],
    ["$0 train --resume --out models/mine --steps 3000", "Go on with that run"],
  ],
  builder: {
    ...settingFlags,
    ...tableFlags(outputFields, "Output:"),
    "dry-run": switchFlag("Check everything, and show the model and what training it takes, without training", false),
    timing: timingFlag,
    page: {
      ...switchFlag("Write page.html to the run folder at the end, which runs the model in a browser", false),
      group: "Output:",
    },
    json: switchFlag("Print the result as JSON", false),
  },
  handler: async (flags) => {
    const options = await withStandardInput(trainOptions(flags));
    if (flags.dryRun) return showPlan(options, { json: flags.json, timing: flags.timing });
    const display = new TrainingDisplay();
    const { signal } = stopOnInterrupt(() => display.close());
    const result = await train({ ...options, signal }, display.listeners).finally(() => display.close());
    if (!flags.json) display.summary(result);
    const page = flags.page ? await writeRunPage(result.out, { backend: options.backend }) : undefined;
    if (flags.json) process.stdout.write(`${JSON.stringify({ ...resultJson(result), page: page?.out })}\n`);
    else if (page) note(`open ${page.out} in a browser to look inside`);
  },
};

async function showPlan(options: TrainOptions, { json, timing }: { json: boolean; timing: boolean }): Promise<void> {
  const summary = await planTraining(options, { timing, onTiming: sayTiming });
  process.stdout.write(`${json ? JSON.stringify(summary) : modelText(summary)}\n`);
}

function resultJson(result: TrainResult) {
  const { elapsed: seconds, best } = result.state;
  return { ...result, seconds, best };
}

/** A preset is overridden by a config file, and that by flags. */
export function trainOptions(flags: Record<string, unknown>): TrainOptions {
  const none: Settings = { model: {}, training: {} };
  const named = flags.preset === undefined ? none : preset(flags.preset as string);
  const file = flags.config === undefined ? none : settingsFile(flags.config as string);
  const { description, ...settings } = { ...named, ...file };
  return {
    ...settings,
    ...givenFields({ ...dataFields, ...machineFields, ...outputFields }, flags),
    out: flags.out as string,
    model: { ...named.model, ...file.model, ...givenFields(shapeFields, flags) },
    training: { ...named.training, ...file.training, ...givenFields(trainingFields, flags) },
  };
}
