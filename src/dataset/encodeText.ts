import { nameOf, type TextSource } from "../config/textSource.js";
import { positionAfter, type TextPosition } from "../tokenizers/position.js";
import type { Encoding, Tokenizer } from "../tokenizers/tokenizer.js";
import { wholeTokens } from "../tokenizers/wholeTokens.js";
import { type ReadTextOptions, readTextChunks } from "./readText.js";

/** A stretch of normalized text and its tokens. */
export interface EncodedChunk extends Encoding {
  text: string;
}

/**
 * A text and its token ids, in order, a chunk at a time: the same ids as of the whole at once.
 *
 * @throws DataError if the text can't be read, or has a token that is not known (naming source, line and column).
 */
export async function* encodeText(
  source: TextSource,
  tokenizer: Tokenizer,
  options: ReadTextOptions = {},
): AsyncGenerator<EncodedChunk> {
  const name = nameOf(source);
  let from: TextPosition = { source: name, line: 1, column: 1 };
  let isStart = true;
  for await (const text of wholeTokens(tokenizer, readTextChunks(source, options), name)) {
    yield { text, ...tokenizer.encodeWithOffsets(text, { from, isStart }) };
    from = positionAfter(text, from);
    isStart = false;
  }
}
