import { createHash } from "node:crypto";
import { nameOf, type TextSource } from "../config/textSource.js";
import { DataError, show } from "../core/errors.js";
import { type ReadTextOptions, readTextChunks } from "./readText.js";

export interface TextDigest {
  bytes: number;
  /** 64 lower-case hexadecimal digits. */
  sha256: string;
}

/**
 * Has `read` go through a text with the options given to it; afterwards its size and hash are known.
 *
 * @returns what `read` returned, and the digest of the bytes that it read
 */
export async function digesting<T>(
  options: ReadTextOptions,
  read: (options: ReadTextOptions) => Promise<T>,
): Promise<TextDigest & { result: T }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const result = await read({
    ...options,
    onBytes(array) {
      hash.update(array);
      bytes += array.length;
      options.onBytes?.(array);
    },
  });
  return { result, bytes, sha256: hash.digest("hex") };
}

/** The size and hash of a text, which is read to its end; @throws DataError as `readTextChunks` does. */
export async function digestText(source: TextSource, options: ReadTextOptions = {}): Promise<TextDigest> {
  const { bytes, sha256 } = await digesting(options, async (reading) => {
    for await (const _ of readTextChunks(source, reading));
  });
  return { bytes, sha256 };
}

/** The error about a text that is another at a second reading. */
export function changed(source: TextSource): DataError {
  return new DataError(`data file must stay as it is while it is read: ${show(nameOf(source))} changed (start again)`);
}
