import { choice, integer, number, optional, text, toggle } from "./fields.js";
import { sources } from "./textSource.js";
import { tokenizerFields } from "./tokenizerFields.js";
import { xlaChoices } from "./xla.js";

/** What a model is trained on. */
export const dataFields = {
  data: optional(sources({ flag: "data", help: "Text files to train on; - is standard input" })),
  valData: optional(
    sources({
      flag: "val-data",
      help: "Text files to validate on; - is standard input",
      defaultText: "the held-out text that the corpus names, else a share of each text",
    }),
  ),
  valFraction: optional(
    number({
      flag: "val-fraction",
      help: "Share of each text, at its end, to validate on",
      defaultText: "0.1, unless the corpus names a held-out text",
      most: 0.9,
    }),
  ),
  ...tokenizerFields,
};

/** What computes, and how. Fields left out of a run that goes on are those it was begun with. */
export const machineFields = {
  backend: text({ flag: "backend", help: "What computes: auto, native, gpu, wasm, cpu", default: "auto" }),
  threads: optional(
    integer({
      flag: "threads",
      help: "Processor threads to compute on",
      defaultText: "HEED_THREADS, else all",
      most: 1024,
    }),
  ),
  compiled: toggle({ flag: "compile", help: "Run a step as one graph, on native", default: true }),
  /** `auto` leaves it off: TensorFlow's own products side by side were faster wherever it was measured. */
  xla: choice({
    flag: "xla",
    help: "Whether XLA compiles that graph, which takes seconds",
    choices: xlaChoices,
    default: "auto",
    defaultText: "auto: off",
  }),
};

/** Where a run goes, and what is kept of it. */
export const outputFields = {
  out: text({ flag: "out", help: "Run folder; needed" }),
  keep: integer({ flag: "keep", help: "Checkpoints to keep besides the best", default: 3 }),
  tensorboard: toggle({
    flag: "tensorboard",
    help: "Write TensorBoard's event files to the run folder",
    default: false,
  }),
  resume: toggle({ flag: "resume", help: "Go on with the run in --out", default: false }),
  overwrite: toggle({ flag: "overwrite", help: "Delete an earlier run in --out", default: false }),
};
