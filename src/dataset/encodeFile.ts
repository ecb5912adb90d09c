import { wholeTokens } from "../tokenizers/fit.js";
import { positionAfter, type TextPosition } from "../tokenizers/position.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";
import { type ReadTextOptions, readTextChunks } from "./readText.js";

/** A stretch of text and its tokens. */
export interface EncodedChunk {
  text: string;
  ids: Int32Array;
}

/**
 * The text of a file and its token ids, in order, a chunk at a time: the same ids as of the whole at once.
 *
 * @throws DataError if the file can't be read, or has a token that is not known (naming file, line and column).
 */
export async function* encodeFile(
  path: string,
  tokenizer: Tokenizer,
  options: ReadTextOptions = {},
): AsyncGenerator<EncodedChunk> {
  let position: TextPosition = { source: path, line: 1, column: 1 };
  for await (const text of wholeTokens(tokenizer.kind, readTextChunks(path, options), path)) {
    yield { text, ids: tokenizer.encode(text, position) };
    position = positionAfter(text, position);
  }
}
