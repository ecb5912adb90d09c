import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { type ModelPage, modelPage, type PageOptions, textsOf } from "./modelPage.js";
import { withPreparedRun } from "./prepareRun.js";
import { checkTrainOptions, type TrainOptions } from "./trainOptions.js";

/**
 * What `train` would do with these options, checked as it checks them: the texts are read and the tokenizer is fitted,
 * but nothing is trained and no run folder is made.
 *
 * @throws ConfigError, DataError or CheckpointError as `train` says.
 */
export async function planTraining(given: TrainOptions, page: PageOptions = {}): Promise<ModelPage> {
  const options = checkTrainOptions(given);
  return withPreparedRun(options, existingFolder(options.out), ({ backend, record, corpus, checkpoint }) => {
    const { model, training } = record;
    const notes = [...corpus.notes, ...(options.xla === "on" ? ["the time is that of a step without XLA"] : [])];
    const data = textsOf(corpus, { model, training, stepsDone: checkpoint?.step ?? 0 });
    return modelPage({ model, training, backend, data, notes }, { ...page, compiled: options.compiled });
  });
}

/** The folder nearest to `path`, upward, that is there. */
function existingFolder(path: string): string {
  const above = dirname(path);
  return existsSync(above) || above === path ? above : existingFolder(above);
}
