import type { TrainOptions } from "../../jobs/trainOptions.js";
import type { Asked } from "./options.js";
import type { SweepSurvey, Trial } from "./planTrials.js";

/** What `train` is asked for a trial, but for its folder: what all trials share, and what is its own. */
export function trialOptions(
  { model, training }: Trial,
  { asked, survey }: { asked: Asked; survey: Pick<SweepSurvey, "backend"> },
) {
  const { data, valData, valFraction, tokenizer, unknownToken, tensorboard, compiled, xla, keep = 1 } = asked;
  const shared = { data, valData, valFraction, tokenizer, unknownToken, tensorboard, compiled, xla, keep };
  return { ...shared, model, training, backend: survey.backend } satisfies Omit<TrainOptions, "out">;
}
