import { noPath, type TextSource } from "../../src/config/textSource.js";
import { ConfigError } from "../../src/core/errors.js";

/** The text at `path`; `-` is what comes from standard input. */
export async function textAt(path: string): Promise<TextSource> {
  if (path !== noPath) return path;
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return { text: Buffer.concat(chunks), name: "standard input" };
}

/** `options` with what comes from standard input in the place of `-` among its texts. */
export async function withStandardInput<T extends { data?: TextSource[]; valData?: TextSource[] }>(
  options: T,
): Promise<T> {
  const { data, valData } = options;
  if ([...(data ?? []), ...(valData ?? [])].filter((source) => source === noPath).length > 1) {
    throw new ConfigError({
      field: "data",
      rule: "name standard input once",
      got: "- twice",
      remedy: "save it to a file",
    });
  }
  return {
    ...options,
    ...(data && { data: await textsAt(data) }),
    ...(valData && { valData: await textsAt(valData) }),
  };
}

async function textsAt(sources: TextSource[]): Promise<TextSource[]> {
  const texts: TextSource[] = [];
  for (const source of sources) texts.push(typeof source === "string" ? await textAt(source) : source);
  return texts;
}
