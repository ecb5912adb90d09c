import type { EncodedChunk } from "../../dataset/encodeText.js";
import { TextCounter } from "../../dataset/textCounter.js";

/** A stretch of a text, as a unit of the standard error. */
export interface Block {
  /** Tokens of the text before the block's end. */
  end: number;
  /** Tokens predicted in it. */
  tokens: number;
  characters: number;
  /** Words that begin in it. */
  words: number;
}

/**
 * Cuts a text into stretches long enough that the losses of one say little about those of the next: a block ends at the
 * first blank line after `least` tokens, or after `2 * least` tokens without one. The text's first token, which nothing
 * comes before, is not counted.
 */
export class BlockCutter {
  private readonly blocks: Block[] = [];
  private readonly counter = new TextCounter(); // of the text after the first token
  private end = 0;
  private before = { tokens: 1, characters: 0, words: 0 }; // what was counted when the block began
  private tail = "";

  constructor(private readonly least: number) {}

  add({ text, offsets }: EncodedChunk): void {
    for (let i = 0; i < offsets.length; i++) {
      const piece = text.slice(offsets[i], offsets[i + 1] ?? text.length);
      if (this.end > 0) this.counter.add(piece);
      this.end++;
      this.tail = (this.tail + piece).slice(-3);
      const tokens = this.end - this.before.tokens;
      if (tokens >= 2 * this.least || (tokens >= this.least && /\n\r?\n$/.test(this.tail))) this.close();
    }
  }

  /** The blocks of all that was added. */
  finish(): Block[] {
    if (this.end > this.before.tokens || this.blocks.length === 0) this.close();
    return this.blocks;
  }

  private close(): void {
    const { end, before, counter } = this;
    this.blocks.push({
      end,
      tokens: end - before.tokens,
      characters: counter.characters - before.characters,
      words: counter.words - before.words,
    });
    this.before = { tokens: end, characters: counter.characters, words: counter.words };
  }
}
