import { pathOf, type TextSource } from "../../config/textSource.js";
import { changed, digesting, digestText } from "../../dataset/digestText.js";
import { encodeText } from "../../dataset/encodeText.js";
import { choicesFile, type EntropyFloor, knownFloor } from "../../dataset/meta.js";
import { createTokenWriter, type TokenStore } from "../../dataset/tokenStore.js";
import type { Tokenizer } from "../../tokenizers/tokenizer.js";
import { TokenPlaces } from "./alternatives.js";
import { type Block, BlockCutter } from "./blocks.js";

/** A text that a model is to be measured on. */
export interface ScoredText {
  store: TokenStore;
  blocks: Block[];
  /** The entropy floor, where the text's corpus states it. */
  floor?: EntropyFloor;
  /** The file of choices, where the text's corpus has one, and where the text's tokens stand. */
  choices?: { file: string; places: TokenPlaces };
}

/** Bytes of text above which its ids go to a file. */
const memoryLimit = 64 * 2 ** 20;

/**
 * Tokenizes a text, once. Close its store when done.
 *
 * @param least tokens in a block
 * @throws DataError if the text can't be read, or has an unknown token.
 */
export async function readScoredText(
  source: TextSource,
  { tokenizer, least, onNote }: { tokenizer: Tokenizer; least: number; onNote?: (line: string) => void },
): Promise<ScoredText> {
  const { bytes, sha256 } = await digestText(source, { onNote });
  const isFile = typeof source === "string";
  const known = isFile ? knownFloor(pathOf(source), sha256) : {};
  const choices = isFile ? choicesFile(pathOf(source), sha256) : {};
  for (const { note } of [known, choices]) if (note !== undefined) onNote?.(note);
  const places = choices.file === undefined ? undefined : new TokenPlaces();
  const blocks = new BlockCutter(least);
  const keep = bytes > memoryLimit ? "file" : "memory";
  const writer = createTokenWriter({ vocabSize: tokenizer.vocabSize, length: bytes, keep }); // a token has a byte at least
  try {
    const read = await digesting({}, async (reading) => {
      for await (const chunk of encodeText(source, tokenizer, reading)) {
        writer.append(chunk.ids);
        blocks.add(chunk);
        places?.add(chunk);
      }
    });
    if (read.sha256 !== sha256) throw changed(source);
  } catch (error) {
    writer.abort();
    throw error;
  }
  return {
    store: writer.finish(),
    blocks: blocks.finish(),
    floor: known.floor,
    choices: places && { file: choices.file!, places },
  };
}
