// npm run train -- --data data/tales/tales.txt --tokenizer word --out models/tales
import type { BackendChoice } from "../src/backends/choose.js";
import { preset, type Settings, settingsFile } from "../src/config/presets.js";
import { type XlaChoice, xlaChoices } from "../src/config/xla.js";
import { ConfigError } from "../src/core/errors.js";
import { planTraining } from "../src/jobs/planTraining.js";
import { train } from "../src/jobs/train.js";
import type { TrainOptions } from "../src/jobs/trainOptions.js";
import { calibrationDisplay } from "./support/calibrationDisplay.js";
import {
  backendFlag,
  choiceFlag,
  modelFields,
  modelFlags,
  numberFlag,
  switchFlag,
  textFlag,
  trainingFields,
  trainingFlags,
} from "./support/flags.js";
import { stopOnInterrupt } from "./support/interrupt.js";
import type { HeedCommand } from "./support/main.js";
import { modelText } from "./support/modelText.js";
import { TrainingDisplay } from "./support/trainingDisplay.js";

export const command: HeedCommand = {
  command: "train",
  describe: "Train a model on text files",
  builder: {
    data: { type: "array", string: true, requiresArg: true, describe: "Text files to train on" },
    "val-data": { type: "array", string: true, requiresArg: true, describe: "Text files to validate on" },
    "val-fraction": numberFlag(
      "val-fraction",
      "Share of the data, at its end, to validate on",
      "0.1, unless the corpus names a held-out text",
    ),
    out: textFlag("Run folder; needed"),
    preset: textFlag("Named settings, from models/presets"),
    config: textFlag("JSON file of settings"),
    tokenizer: textFlag("char, word, or a tokenizer.json", "char"),
    "unknown-token": switchFlag("Whether what the tokenizer does not know becomes <unk>", false),
    ...modelFlags,
    ...trainingFlags,
    keep: numberFlag("keep", "Checkpoints to keep beside the best", 3),
    tensorboard: switchFlag("Whether TensorBoard's events are written to the run folder", false),
    backend: backendFlag,
    compile: switchFlag("Whether a step runs as one graph, on native", true),
    "dry-run": switchFlag("Check everything, and show the model and what training it takes, without training", false),
    xla: choiceFlag("Whether XLA compiles that graph", xlaChoices, "auto: off"),
    resume: switchFlag("Go on with the run in --out", false),
    overwrite: switchFlag("Delete an earlier run in --out", false),
    json: switchFlag("Print the result as JSON", false),
  },
  handler: async (flags) => {
    if (!flags.out) throw new ConfigError("out must name a run folder: got none (add --out models/NAME)");
    const options = trainOptions(flags);
    if (flags.dryRun) return showPlan(options, flags.json);
    const display = new TrainingDisplay();
    const { signal } = stopOnInterrupt(() => display.close());
    const result = await train({ ...options, signal }, display.listeners).finally(() => display.close());
    if (flags.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else display.summary(result);
  },
};

async function showPlan(options: TrainOptions, json: boolean): Promise<void> {
  const { onProgress, close } = calibrationDisplay();
  const page = await planTraining(options, { onProgress }).finally(close);
  process.stdout.write(`${json ? JSON.stringify(page) : modelText(page)}\n`);
}

/** A preset is overridden by a config file, and that by flags. */
export function trainOptions(flags: Record<string, unknown>): TrainOptions {
  const none: Settings = { model: {}, training: {} };
  const named = flags.preset === undefined ? none : preset(flags.preset as string);
  const file = flags.config === undefined ? none : settingsFile(flags.config as string);
  return {
    data: flags.data as string[] | undefined,
    valData: flags.valData as string[] | undefined,
    valFraction: flags.valFraction as number | undefined,
    out: flags.out as string,
    tokenizer: (flags.tokenizer as string | undefined) ?? file.tokenizer ?? named.tokenizer,
    unknownToken: flags.unknownToken as boolean | undefined,
    model: { ...named.model, ...file.model, ...modelFields(flags) },
    training: { ...named.training, ...file.training, ...trainingFields(flags) },
    keep: flags.keep as number | undefined,
    tensorboard: flags.tensorboard as boolean | undefined,
    backend: flags.backend as BackendChoice | undefined,
    compiled: flags.compile as boolean | undefined,
    xla: flags.xla as XlaChoice | undefined,
    resume: flags.resume as boolean | undefined,
    overwrite: flags.overwrite as boolean | undefined,
  };
}
