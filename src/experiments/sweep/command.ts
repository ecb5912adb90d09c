import { modelFlagFields, trainingFlagFields } from "../../config/flagNames.js";
import { modelConfig } from "../../config/model.js";
import { trainingConfig } from "../../config/training.js";
import type { Asked } from "./options.js";
import type { Survey, Trial } from "./plan.js";

/**
 * The `heed train` command that repeats a trial: settings that follow from others by default are left out.
 * It trains in `models/`, as the trial's own folder holds the trial's run. `HEED_THREADS` makes its sums the same to the
 * last bit.
 */
export function trainCommand(
  trial: Trial,
  { asked, survey: { backend }, threads }: { asked: Asked; survey: Pick<Survey, "backend">; threads: number },
): string {
  const { model, training } = trial;
  const { vocabSize, numHeads, hiddenDim } = model;
  const shape = modelConfig({ vocabSize, numHeads, hiddenDim });
  const usual = trainingConfig({ steps: training.steps, learningRate: training.learningRate });
  const kept = { numLayers: true, numHeads: true, hiddenDim: true, steps: true, learningRate: true, seed: true };
  const flagsOf = (names: Record<string, string>, values: object, defaults: object) =>
    Object.entries(names).flatMap(([flag, field]) => {
      const value = (values as Record<string, unknown>)[field];
      const isUsual = value === (defaults as Record<string, unknown>)[field] && !(field in kept);
      return value === undefined || isUsual ? [] : flagText(flag, value);
    });
  const words = [
    ...["heed", "train", "--data", ...(asked.data ?? [])],
    ...(asked.valData ? ["--val-data", ...asked.valData] : []),
    ...flagText("val-fraction", asked.valFraction),
    ...flagText("tokenizer", asked.tokenizer),
    ...flagText("unknown-token", asked.unknownToken),
    ...flagsOf(modelFlagFields, model, shape),
    ...flagsOf(trainingFlagFields, training, usual),
    ...flagText("backend", backend),
    ...flagText("compile", asked.compiled),
    ...flagText("xla", asked.xla),
    ...["--out", trial.run.replace(/^trials/, "models")],
  ];
  return [`HEED_THREADS=${threads}`, ...words.map(quoted)].join(" ");
}

function flagText(flag: string, value: unknown): string[] {
  if (value === undefined) return [];
  if (typeof value === "boolean") return [value ? `--${flag}` : `--no-${flag}`];
  return [`--${flag}`, String(value)];
}

/** A word as a POSIX shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
