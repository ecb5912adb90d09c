import { setImmediate as eventLoop } from "node:timers/promises";
import { wilson } from "../../core/statistics.js";
import { readChoices } from "../../dataset/choices.js";
import type { TokenStore } from "../../dataset/tokenStore.js";
import type { Tokenizer } from "../../tokenizers/tokenizer.js";
import { type Alternatives, alternativesOf, type TokenPlaces } from "./alternatives.js";
import type { RowReader } from "./lossReader.js";
import { type Answer, answer, RowPacker } from "./rowPacker.js";

/** How often a model finds the right word likelier than the wrong ones, at the places of one kind of relation. */
export interface RelationAccuracy {
  kind: string;
  /** Places scored. */
  places: number;
  /** Places where the right word is likelier than each wrong one. */
  right: number;
  /** `right / places`. */
  accuracy: number;
  /** What guessing would give: the mean of one over the number of words. */
  chance: number;
  /** Wilson's 95% interval of the accuracy, as if places were independent. */
  low: number;
  high: number;
}

export interface RelationSetting {
  /** The file of choices. */
  choices: string;
  /** The text that they are about. */
  places: TokenPlaces;
  store: TokenStore;
  tokenizer: Tokenizer;
  contextLength: number;
}

/** The places of a text where a relation decides the word, as rows for a model to read. */
export class RelationTest {
  /** What the user should know of places that are left out. */
  readonly note: string | undefined;
  private readonly packer: RowPacker;
  private readonly places: { kind: string; answers: Answer[] }[] = [];

  /** @throws DataError if the file of choices is damaged, or does not fit the text. */
  constructor({ choices, places, store, tokenizer, contextLength }: RelationSetting) {
    this.packer = new RowPacker(store, contextLength);
    const all = readChoices(choices);
    for (const choice of all) {
      const found = alternativesOf(choice, { places, tokenizer, source: choices });
      const answers = found && this.ask(found);
      if (answers) this.places.push({ kind: choice.kind, answers });
    }
    const left = all.length - this.places.length;
    const what = "the tokenizer does not know their words, or they do not fit the context";
    this.note = left === 0 ? undefined : `${left} of ${all.length} relations are left out: ${what}`;
  }

  /** One answer for each alternative, the right one first; undefined where there is no room for a context. */
  private ask({ first, context, tokens }: Alternatives): Answer[] | undefined {
    const longest = Math.max(...tokens.map((ids) => ids.length));
    const from = Math.max(context, first - (this.packer.length - longest + 1));
    if (from >= first) return undefined;
    return tokens.map((ids) => this.packer.add(from, first, ids));
  }

  /** How many rows a model has to read. */
  get rows(): number {
    return this.packer.rows.length;
  }

  /** Has a model read every row and returns its accuracies, best first. `onRows` is called with how many rows are done. */
  async run(reader: RowReader, onRows?: (done: number) => void): Promise<RelationAccuracy[]> {
    const { rows } = this.packer;
    for (let firstRow = 0; firstRow < rows.length; firstRow += reader.batchSize) {
      const batch = rows.slice(firstRow, firstRow + reader.batchSize);
      answer(batch, reader.read(batch));
      onRows?.(firstRow + batch.length);
      await eventLoop(); // lets a progress bar be drawn
    }
    return this.accuracies();
  }

  private accuracies(): RelationAccuracy[] {
    const natsOf = (wanted: string) =>
      this.places.filter(({ kind }) => kind === wanted).map(({ answers }) => answers.map(({ nats }) => nats));
    return [...new Set(this.places.map(({ kind }) => kind))]
      .map((kind) => accuracyOf(kind, natsOf(kind)))
      .sort((a, b) => b.accuracy - a.accuracy || (a.kind < b.kind ? -1 : 1));
  }
}

/** `places`: at each, the nats of the right word, then of the wrong ones. */
export function accuracyOf(kind: string, places: readonly (readonly number[])[]): RelationAccuracy {
  const right = places.filter(([nats, ...wrong]) => wrong.every((other) => nats! < other)).length;
  const chance = places.reduce((sum, { length }) => sum + 1 / length, 0) / places.length;
  const accuracy = right / places.length;
  return { kind, places: places.length, right, accuracy, chance, ...wilson(right, places.length) };
}
