import { flagWords } from "../config/fields.js";
import { type ModelConfig, modelFields } from "../config/model.js";
import { dataFields, machineFields, outputFields } from "../config/run.js";
import { trainingFields } from "../config/training.js";
import type { TrainOptions } from "./trainOptions.js";

/**
 * The `heed train` command that trains with `options`, as a POSIX shell takes it. What has its default, or follows from
 * others by default, is left out; so is how a run is kept.
 */
export function trainCommand({ model, training = {}, out, ...options }: TrainOptions & { model: ModelConfig }): string {
  const { vocabSize, ...shape } = model; // the tokenizer decides the vocabulary
  const words = [
    "npx",
    "heed",
    "train",
    ...flagWords(dataFields, options),
    ...flagWords(modelFields, shape),
    ...flagWords(trainingFields, training),
    ...flagWords(machineFields, options),
    ...flagWords({ out: outputFields.out }, { out }),
  ];
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
