import { basename } from "node:path";
import { ConfigError } from "../core/errors.js";
import { senseScores, type WordOccurrence } from "../inspection/senses.js";
import { readAnnotatedTexts, textOfRun } from "../jobs/inspect/annotatedTexts.js";
import { inspectHeads } from "../jobs/inspectHeads.js";
import { occurrencesIn } from "../jobs/inspectSenses.js";
import type { OpenModel } from "../jobs/openModel.js";
import type { PageModel, PagePlace, PageSenses } from "./payload.js";

/** Texts that are read for words with several meanings, and places of each meaning that a page takes in. */
const most = { texts: 600, places: 12 };

export interface MeasurementOptions {
  /** The text's file. @default what the run validated on, else what it trained on */
  data?: string;
  /** Whether to measure what takes long: all but where words have which meaning. */
  heads: boolean;
  trust?: boolean;
  backend?: string;
  onNote?: (line: string) => void;
  onProgress?: (done: number, total: number) => void;
}

/** What a model's heads do on a text, and how it tells meanings apart; nothing, with a note, where there is no text. */
export async function measurements(
  opened: OpenModel,
  { heads, onNote, ...options }: MeasurementOptions,
): Promise<Pick<PageModel, "heads" | "senses">> {
  const data = options.data ?? textOf(opened.folder, onNote);
  if (data === undefined) return {};
  if (heads) onNote?.(`measuring what the heads of ${opened.folder} do, on ${data}`);
  const senses = await sensesOf(opened, data, heads);
  const inspected = heads ? await inspectHeads({ ...options, checkpoint: opened.folder, data }) : undefined;
  // A page is sent to others: it names files without the folders of this machine.
  const named = { data: basename(data), checkpoint: basename(opened.folder) };
  return { senses: senses && { ...senses, data: named.data }, heads: inspected && { ...inspected, ...named } };
}

function textOf(checkpoint: string, onNote?: (line: string) => void): string | undefined {
  try {
    return textOfRun(checkpoint);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    onNote?.(`what heads do was not measured: ${error.message}`);
    return undefined;
  }
}

async function sensesOf(
  { model, tokenizer }: OpenModel,
  data: string,
  measured: boolean,
): Promise<PageSenses | undefined> {
  const { contextLength } = model.config;
  const texts = await readAnnotatedTexts(data, { tokenizer, length: contextLength, most: most.texts });
  const ids = texts.map((text) => text.ids);
  const occurrences = texts.flatMap(occurrencesIn);
  if (occurrences.length === 0) return undefined;
  const places = firstOfEach(occurrences).map(({ word, sense, text, token }): PagePlace => {
    const upToWord = tokenizer.decode(ids[text]!.slice(0, token + 1));
    return { word, sense, text: upToWord.trimStart() };
  });
  return { data, places, scores: measured ? senseScores(model, ids, occurrences) : undefined };
}

/** The first occurrences of each word in each of its meanings, one a text. */
function firstOfEach(occurrences: readonly WordOccurrence[]): WordOccurrence[] {
  const seen = new Map<string, Set<number>>();
  return occurrences.filter(({ word, sense, text }) => {
    const name = `${word} ${sense}`;
    const texts = seen.get(name) ?? new Set();
    const isTaken = !texts.has(text) && texts.size < most.places;
    seen.set(name, texts.add(text));
    return isTaken;
  });
}
