import type { TokenStore } from "../../dataset/tokenStore.js";
import type { Row } from "./lossReader.js";

/** What a question's answer will be. */
export interface Answer {
  nats: number;
}

/** A row under construction. */
interface PackedRow extends Row {
  places: number[];
  targets: number[];
  /** For each target the answer that its loss belongs to. */
  answers: Answer[];
}

/**
 * Questions "what do these tokens cost after that text?", in as few rows for a model as can be: questions of one token
 * after the same beginning share a row.
 */
export class RowPacker {
  readonly rows: PackedRow[] = [];
  /** The last row of nothing but text, by the token that it begins with. */
  private readonly texts = new Map<number, PackedRow>();

  /** `length`: most tokens, and most questions, in a row. */
  constructor(
    private readonly store: TokenStore,
    readonly length: number,
  ) {}

  /** Asks what `ids` cost after the text's tokens from `from` to before `first`. */
  add(from: number, first: number, ids: Int32Array): Answer {
    const answer = { nats: 0 };
    const row = ids.length === 1 ? this.textRow(from) : this.ownRow(from, first, ids);
    ids.forEach((id, i) => {
      row.places.push(first - from - 1 + i);
      row.targets.push(id);
      row.answers.push(answer);
    });
    return answer;
  }

  /** A row of the text from token `from` on, with room for a question. */
  private textRow(from: number): PackedRow {
    const last = this.texts.get(from);
    if (last && last.targets.length < this.length) return last;
    const inputs = new Int32Array(Math.min(this.length, this.store.length - from));
    this.store.read(from, inputs);
    const row = this.newRow(inputs);
    this.texts.set(from, row);
    return row;
  }

  /** A row of text that goes on with all of `ids` but the last. */
  private ownRow(from: number, first: number, ids: Int32Array): PackedRow {
    const inputs = new Int32Array(first - from + ids.length - 1);
    this.store.read(from, inputs.subarray(0, first - from));
    inputs.set(ids.subarray(0, -1), first - from);
    return this.newRow(inputs);
  }

  private newRow(inputs: Int32Array): PackedRow {
    const row = { inputs, places: [], targets: [], answers: [] };
    this.rows.push(row);
    return row;
  }
}

/** Writes into the answers of `rows` what a model lost on them. */
export function answer(rows: readonly PackedRow[], losses: Float32Array): void {
  let i = 0;
  for (const { answers } of rows) for (const asked of answers) asked.nats += losses[i++]!;
}
