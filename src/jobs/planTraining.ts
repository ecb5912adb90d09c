import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { trainingNotes } from "../config/training.js";
import { type ModelSummary, type SummaryOptions, summarizeModel, trainingTexts } from "./modelSummary.js";
import { prepareRun } from "./prepareRun.js";
import { checkTrainOptions, type TrainInput } from "./trainOptions.js";

/**
 * What `train` would do with these options, checked as it checks them: the texts are read and the tokenizer is fitted,
 * but nothing is trained and no run folder is made.
 *
 * @throws ConfigError, DataError or CheckpointError as `train` says.
 */
export async function planTraining(given: TrainInput, summary: SummaryOptions = {}): Promise<ModelSummary> {
  const options = checkTrainOptions(given);
  const { backend, record, corpus, resumed, close } = await prepareRun(options, existingFolder(options.out));
  try {
    const { model, training, compiled, xla } = record;
    const data = trainingTexts(corpus, { model, training, stepsDone: resumed?.checkpoint?.step ?? 0 });
    const notes = [...trainingNotes(training), ...corpus.notes];
    const execution = { compiled, xla: xla === "on" };
    return await summarizeModel({ model, training, backend, data, notes }, execution, summary);
  } finally {
    close();
  }
}

/** The folder nearest to `path`, upward, that is there. */
function existingFolder(path: string): string {
  const above = dirname(path);
  return existsSync(above) || above === path ? above : existingFolder(above);
}
