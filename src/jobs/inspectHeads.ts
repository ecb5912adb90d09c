import type { TextSource } from "../config/textSource.js";
import type { HeadScores } from "../inspection/headScores.js";
import type { HeadRelation, RelationQuestion } from "../inspection/relationScores.js";

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
  /** Hears which backend runs, and what is left out and why. */
  onNote?: (line: string) => void;
  /** Hears how much of the work is done, of all. */
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
  questions: (RelationQuestion & { places: number; texts: number })[];
  /** Layer by layer. */
  heads: InspectedHead[];
}

export interface InspectedHead extends HeadScores {
  /** One answer a question, in the same order. */
  relations: HeadRelation[];
  /** The kind of the relation found whose ablation difference is largest, or "none found". */
  label: string;
}

/**
 * What the heads of a saved model do: their scores on a text and, where the text's corpus knows which words belong
 * together, which relations they have found.
 *
 * @throws ConfigError, DataError or CheckpointError for an option, a text or a checkpoint that can't be used.
 */
export async function inspectHeads(_options: InspectHeadsOptions): Promise<HeadInspection> {
  throw new Error("comes next");
}
