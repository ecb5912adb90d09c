import { useBackend } from "../backends/choose.js";
import { pathOf } from "../config/textSource.js";
import { requireInteger, requireNamed } from "../core/checks.js";
import { DataError } from "../core/errors.js";
import { type SenseScores, senseScores, type WordOccurrence } from "../inspection/senses.js";
import { type AnnotatedText, readAnnotatedTexts, textOfRun } from "./inspect/annotatedTexts.js";
import type { InspectHeadsOptions } from "./inspectHeads.js";
import { openModel } from "./openModel.js";

export interface InspectSensesOptions extends Omit<InspectHeadsOptions, "onProgress"> {
  /** Texts to read: paragraphs of the data, in order. @default 300 */
  texts?: number;
}

/** How well a model tells the meanings of words apart, as plain JSON. */
export interface SenseInspection extends SenseScores {
  checkpoint: string;
  /** The text's file, or "-" for one in memory. */
  data: string;
}

const defaultTexts = 300;

/**
 * How well the vectors of a saved model tell the meanings of words like "bank" apart, layer by layer, and by vectors that
 * know no context.
 *
 * @throws ConfigError, DataError or CheckpointError for an option, a text or a checkpoint that can't be used; DataError
 *   if the corpus does not say which meanings words have.
 */
export async function inspectSenses({ checkpoint, ...options }: InspectSensesOptions): Promise<SenseInspection> {
  requireNamed("checkpoint", checkpoint, "name a run or a checkpoint");
  const most = requireInteger("texts", options.texts ?? defaultTexts);
  const { trust, backend, onNote } = options;
  const active = await useBackend(backend);
  const { model, tokenizer, folder, notes, dispose } = openModel(checkpoint, { trust });
  try {
    for (const note of [`backend ${active.reason}; ${folder}`, ...notes]) onNote?.(note);
    const data = options.data ?? textOfRun(folder);
    const texts = await readAnnotatedTexts(data, { tokenizer, length: model.config.contextLength, most, onNote });
    const scores = senseScores(
      model,
      texts.map(({ ids }) => ids),
      texts.flatMap(occurrencesIn),
    );
    if (scores) return { checkpoint: folder, data: pathOf(data), ...scores };
    throw new DataError({
      field: "data",
      rule: "have words with several meanings, listed beside it",
      got: pathOf(data),
      remedy: "read more texts, or those of data/tales/heldout.txt",
    });
  } finally {
    dispose();
  }
}

/** Words whose meaning is settled by what comes before them: a model that reads from left to right can't know the others. */
export function occurrencesIn({ pairs }: AnnotatedText, text: number): WordOccurrence[] {
  return pairs.flatMap(({ from, to, word, sense }) =>
    sense === undefined || to[1] >= from[0] ? [] : [{ word: word.toLowerCase(), sense, text, token: from[1] }],
  );
}
