import { flagWords } from "../config/fields.js";
import { type ModelConfig, modelFields } from "../config/model.js";
import { dataFields, machineFields, outputFields } from "../config/run.js";
import { pathOf } from "../config/textSource.js";
import { trainingFields } from "../config/training.js";
import type { TrainOptions } from "./trainOptions.js";

/**
 * The `heed train` command that trains with `options`, as POSIX shells, PowerShell and Windows' cmd take it. What has its
 * default, or follows from others by default, is left out; so is how a run is kept.
 */
export function trainCommand({ model, training = {}, out, ...options }: TrainOptions & { model: ModelConfig }): string {
  const { vocabSize, ...shape } = model; // the tokenizer decides the vocabulary
  const words = [
    "npx",
    "heed",
    "train",
    ...flagWords(dataFields, { ...options, data: options.data?.map(pathOf), valData: options.valData?.map(pathOf) }),
    ...flagWords(modelFields, shape),
    ...flagWords(trainingFields, training),
    ...flagWords(machineFields, options),
    ...flagWords({ out: outputFields.out }, { out }),
  ];
  return words.map(quoted).join(" ");
}

/** In double quotes, which all shells know, unless the word has something that they would read in these. */
function quoted(word: string): string {
  if (/^[\w+=:./-]+$/.test(word)) return word;
  return /["$`\\!%]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`;
}
