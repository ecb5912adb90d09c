import { TextCounter } from "./textCounter.js";
import { createTokenWriter, type TokenStore, type TokenWriter, type TokenWriterOptions } from "./tokenStore.js";

/** How much text a split holds. */
export interface TextCounts {
  tokens: number;
  /** Unicode characters. */
  characters: number;
  /** As {@link TextCounter} says. */
  words: number;
}

/** The store and the counts of one split as it is filled. */
export class SplitWriter {
  private readonly writer: TokenWriter;
  private readonly counter = new TextCounter();
  private tokens = 0;

  constructor(options: TokenWriterOptions) {
    this.writer = createTokenWriter(options);
  }

  add(text: string, ids: Int32Array): void {
    this.writer.append(ids);
    this.counter.add(text);
    this.tokens += ids.length;
  }

  finish(): { store: TokenStore; counts: TextCounts } {
    const { characters, words } = this.counter;
    return { store: this.writer.finish(), counts: { tokens: this.tokens, characters, words } };
  }

  abort(): void {
    this.writer.abort();
  }
}
