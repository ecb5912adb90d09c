import { CheckpointError } from "../../core/errors.js";
import type { ReportRun } from "./readRun.js";

/**
 * Refuses runs whose losses can't be compared: a loss is in nats per token, so it means something else on another
 * validation text, and with another tokenizer.
 *
 * @throws CheckpointError naming two runs and what differs.
 */
export function requireComparable(runs: readonly ReportRun[]): void {
  const first = runs[0]!;
  for (const run of runs.slice(1)) {
    const remedy =
      "compare runs that share text and tokenizer, or measure each with heed evaluate, in bits per character";
    const both = `${first.folder} and ${run.folder}`;
    const [text, other] = [first, run].map(validationText);
    if (text!.id !== other!.id) {
      throw new CheckpointError(
        `runs must be validated on the same text for their losses to be compared: ${both} were on ` +
          `${text!.name} and ${other!.name} (${remedy})`,
      );
    }
    if (!sameTokenizer(first, run)) {
      const [a, b] = [first, run].map(({ record: { tokenizer, model } }) => `${tokenizer}, ${model.vocabSize} tokens`);
      throw new CheckpointError(
        `runs must share a tokenizer for their losses to be compared: ${both} have others, ${a} and ${b} (${remedy})`,
      );
    }
  }
}

/** The text that a run's validation loss is of: `id` is the same for the same bytes. */
export function validationText({ record }: ReportRun): { id: string; name: string } {
  const own = record.files.filter(({ split }) => split === "validation");
  const hashes = (files: typeof own) => files.map(({ sha256 }) => sha256).join(" ");
  const paths = (files: typeof own) => files.map(({ path }) => path).join(", ");
  if (own.length > 0) return { id: hashes(own), name: paths(own) };
  const fraction = record.valFraction ?? 0.1;
  const of = `the last ${Number((100 * fraction).toPrecision(6))}% of ${paths(record.files)}`;
  return { id: `${fraction} ${hashes(record.files)}`, name: of };
}

/** By the file that the first checkpoint saved; before that by what it is fitted to. */
function sameTokenizer(a: ReportRun, b: ReportRun): boolean {
  if (a.tokenizer && b.tokenizer) return a.tokenizer.sha256 === b.tokenizer.sha256;
  const id = ({ record: { tokenizer, unknownToken, normalize, model, files } }: ReportRun) =>
    JSON.stringify([
      tokenizer,
      unknownToken,
      normalize,
      model.vocabSize,
      files.map(({ split, sha256 }) => [split, sha256]),
    ]);
  return id(a) === id(b);
}

/** What makes the comparison less than exact, a line each. */
export function doubts(runs: readonly ReportRun[]): string[] {
  const differ = (value: (run: ReportRun) => unknown) => new Set(runs.map((run) => String(value(run)))).size > 1;
  const windows = differ(({ record: { model, training } }) =>
    [model.contextLength, training.batchSize, training.evalBatches].join(),
  );
  return [
    windows &&
      "The runs differ in context, batch or eval-batches, so their validation losses are of different samples of the same text.",
    differ(({ record }) => record.training.evalEvery) &&
      "The runs validate at different steps, so the best losses are not quite comparable; the final ones are.",
    differ(({ record }) => `${record.versions?.heed} ${record.versions?.tfjs}`) &&
      "The runs were made with different versions of heed or TensorFlow.js.",
  ].filter((line) => line !== false);
}
