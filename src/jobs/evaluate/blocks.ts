import { encodeFile } from "../../dataset/encodeFile.js";
import { TextCounter } from "../../dataset/textCounter.js";
import { splitters } from "../../tokenizers/fit.js";
import type { Tokenizer } from "../../tokenizers/tokenizer.js";

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
 * A text in stretches long enough that the losses of one say little about those of the next: a block ends at the first
 * blank line after `least` tokens, or after `2 * least` tokens without one. The text's first token, which nothing comes
 * before, is not counted.
 *
 * @throws DataError if the file can't be read as text, or has an unknown token.
 */
export async function cutBlocks(path: string, tokenizer: Tokenizer, least: number): Promise<Block[]> {
  const blocks: Block[] = [];
  const counter = new TextCounter(); // of the text after the first token
  let [end, begun, characters, words] = [0, 1, 0, 0]; // what was counted when the block began
  let tail = "";
  const close = () => {
    blocks.push({
      end,
      tokens: end - begun,
      characters: counter.characters - characters,
      words: counter.words - words,
    });
    [begun, characters, words] = [end, counter.characters, counter.words];
  };
  for await (const { text } of encodeFile(path, tokenizer)) {
    for (const piece of splitters[tokenizer.kind].split(text)) {
      if (end > 0) counter.add(piece);
      end++;
      tail = (tail + piece).slice(-3);
      if (end - begun >= 2 * least || (end - begun >= least && /\n\r?\n$/.test(tail))) close();
    }
  }
  if (end > begun || blocks.length === 0) close();
  return blocks;
}
