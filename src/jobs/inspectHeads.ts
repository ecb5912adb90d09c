import { setImmediate as eventLoop } from "node:timers/promises";
import { useBackend } from "../backends/choose.js";
import { pathOf, type TextSource } from "../config/textSource.js";
import { requireInteger, requireNamed } from "../core/checks.js";
import { type HeadScores, headScores } from "../inspection/headScores.js";
import { type AskedQuestion, type HeadRelation, noneFound, relationScores } from "../inspection/relationScores.js";
import { readAnnotatedTexts, textOfRun } from "./inspect/annotatedTexts.js";
import { openModel } from "./openModel.js";

export interface InspectHeadsOptions {
  /** A checkpoint folder, or a run folder (its best checkpoint). */
  checkpoint: string;
  /** The text to look at: a file, or `{ text }`. @default what the run validated on, else what it trained on */
  data?: TextSource;
  /** Texts to read: paragraphs of the data, in order. @default 60 */
  texts?: number;
  /** Whether to load files that another program changed after heed saved them. @default false */
  trust?: boolean;
  /** @default "auto" */
  backend?: string;
  /** Called with which backend runs, and what is left out and why. */
  onNote?: (line: string) => void;
  /** Called with how much of the work is done, of all. */
  onProgress?: (done: number, total: number) => void;
}

/** What a model's heads do, as plain JSON. */
export interface HeadInspection {
  checkpoint: string;
  /** The text's file, or "-" for one in memory. */
  data: string;
  /** Texts read, and their tokens. */
  texts: number;
  tokens: number;
  /** What was asked of every head; empty where the corpus does not know its relations. */
  questions: AskedQuestion[];
  /** Layer by layer. */
  heads: InspectedHead[];
}

export interface InspectedHead extends HeadScores {
  /** One answer a question, in the same order. */
  relations: HeadRelation[];
  /** The kind of the relation found whose ablation difference is largest, or "none found". */
  label: string;
}

/** Texts to read unless you say otherwise: enough to tell heads apart, and read in seconds. */
const defaultTexts = 60;

/** Tokens of a text that are read at a time: attention weights take `4 L H T²` bytes. */
const longestText = 256;

/**
 * What the heads of a saved model do: their scores on a text and, where the text's corpus knows which words belong
 * together, which relations they have found.
 *
 * @throws ConfigError, DataError or CheckpointError for an option, a text or a checkpoint that can't be used.
 */
export async function inspectHeads({ checkpoint, ...options }: InspectHeadsOptions): Promise<HeadInspection> {
  requireNamed("checkpoint", checkpoint, "name a run or a checkpoint");
  const most = requireInteger("texts", options.texts ?? defaultTexts);
  const { trust, backend, onNote, onProgress } = options;
  const active = await useBackend(backend);
  const { model, tokenizer, folder, notes, dispose } = openModel(checkpoint, { trust });
  try {
    for (const note of [`backend ${active.reason}; ${folder}`, ...notes]) onNote?.(note);
    const data = options.data ?? textOfRun(folder);
    const length = Math.min(model.config.contextLength, longestText);
    const texts = await readAnnotatedTexts(data, { tokenizer, length, most, onNote });
    const ids = texts.map((text) => text.ids);
    const scores = headScores(model, ids);
    const { questions, heads } = await relationScores(model, texts, {
      async onProgress(done, total) {
        onProgress?.(done, total);
        await eventLoop(); // lets a progress bar be drawn
      },
    });
    return {
      checkpoint: folder,
      data: pathOf(data),
      texts: texts.length,
      tokens: ids.reduce((sum, { length }) => sum + length, 0),
      questions,
      heads: scores.map((score, i) => ({ ...score, relations: heads[i]!, label: labelOf(heads[i]!) })),
    };
  } finally {
    dispose();
  }
}

function labelOf(relations: readonly HeadRelation[]): string {
  const found = relations.filter((relation) => relation.found);
  found.sort((a, b) => b.ablation.difference.mean - a.ablation.difference.mean);
  return found[0]?.kind ?? noneFound;
}
