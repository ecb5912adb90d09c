import type { TrainOptions } from "../../jobs/trainOptions.js";
import { parseBudget } from "./budget.js";
import type { Asked } from "./options.js";
import type { Survey, Trial } from "./plan.js";

/** What `train` is asked for a trial, but for its folder: what all trials share, and what is its own. */
export function trialOptions(
  { model, training }: Trial,
  { asked, survey }: { asked: Asked; survey: Pick<Survey, "backend"> },
) {
  const {
    data,
    valData,
    valFraction,
    tokenizer,
    unknownToken,
    normalize,
    tensorboard,
    compiled,
    xla,
    keep = 1,
  } = asked;
  const shared = { data, valData, valFraction, tokenizer, unknownToken, normalize, tensorboard, compiled, xla, keep };
  const budget = asked.budget === undefined ? undefined : parseBudget(asked.budget);
  const seconds = budget && "seconds" in budget ? budget.seconds : undefined;
  return { ...shared, model, training, seconds, backend: survey.backend } satisfies Omit<TrainOptions, "out">;
}
