import { createHash } from "node:crypto";
import { TokenCounter, wholeTokens } from "../tokenizers/fit.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";
import { encodeFile } from "./encodeFile.js";
import type { CorpusOptions, PlannedFile } from "./plan.js";
import { readTextChunks } from "./readText.js";

/** A data file after the first reading. */
export interface SurveyedFile extends PlannedFile {
  sha256: string;
  tokens: number;
}

export interface Survey {
  tokenizer: Tokenizer;
  files: SurveyedFile[];
}

type OnBytes = (bytes: Uint8Array) => void;

/** Reads a file to its end and counts its tokens. */
type CountTokens = (path: string, onBytes: OnBytes) => Promise<number>;

/**
 * The first reading: fits the tokenizer to the training files where none is given, and counts the tokens of every file.
 *
 * @throws DataError as `openCorpus` says.
 */
export async function surveyFiles(
  planned: readonly PlannedFile[],
  wanted: CorpusOptions["tokenizer"],
  onBytes: OnBytes,
): Promise<Survey> {
  if ("encode" in wanted) return { tokenizer: wanted, files: await survey(planned, countEncoded(wanted), onBytes) };
  const counter = new TokenCounter(wanted.kind);
  const train = planned.filter((file) => file.split === "train");
  const validation = planned.filter((file) => file.split === "validation");
  const trained = await survey(train, countInto(counter), onBytes);
  const tokenizer = counter.tokenizer(wanted);
  return { tokenizer, files: [...trained, ...(await survey(validation, countEncoded(tokenizer), onBytes))] };
}

async function survey(planned: readonly PlannedFile[], count: CountTokens, onBytes: OnBytes): Promise<SurveyedFile[]> {
  const files: SurveyedFile[] = [];
  for (const file of planned) {
    const hash = createHash("sha256");
    let bytes = 0;
    const tokens = await count(file.path, (read) => {
      hash.update(read);
      bytes += read.length;
      onBytes(read);
    });
    files.push({ ...file, bytes, sha256: hash.digest("hex"), tokens });
  }
  return files;
}

function countInto(counter: TokenCounter): CountTokens {
  return async (path, onBytes) => {
    const before = counter.total;
    for await (const text of wholeTokens(counter.kind, readTextChunks(path, { onBytes }), path)) counter.add(text);
    return counter.total - before;
  };
}

function countEncoded(tokenizer: Tokenizer): CountTokens {
  return async (path, onBytes) => {
    let tokens = 0;
    for await (const { ids } of encodeFile(path, tokenizer, { onBytes })) tokens += ids.length;
    return tokens;
  };
}
