import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { type ModelSummary, type SummaryOptions, summarizeModel, trainingTexts } from "./modelSummary.js";
import { withPreparedRun } from "./prepareRun.js";
import { checkTrainOptions, type TrainOptions } from "./trainOptions.js";

/**
 * What `train` would do with these options, checked as it checks them: the texts are read and the tokenizer is fitted,
 * but nothing is trained and no run folder is made.
 *
 * @throws ConfigError, DataError or CheckpointError as `train` says.
 */
export async function planTraining(given: TrainOptions, summary: SummaryOptions = {}): Promise<ModelSummary> {
  const options = checkTrainOptions(given);
  return withPreparedRun(options, existingFolder(options.out), ({ backend, record, corpus, checkpoint }) => {
    const { model, training } = record;
    const data = trainingTexts(corpus, { model, training, stepsDone: checkpoint?.step ?? 0 });
    const execution = { compiled: options.compiled, xla: options.xla === "on" };
    return summarizeModel({ model, training, backend, data, notes: corpus.notes }, execution, summary);
  });
}

/** The folder nearest to `path`, upward, that is there. */
function existingFolder(path: string): string {
  const above = dirname(path);
  return existsSync(above) || above === path ? above : existingFolder(above);
}
