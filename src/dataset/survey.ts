import { nameOf, type TextSource } from "../config/textSource.js";
import type { Tokenizer, TokenizerFitter } from "../tokenizers/tokenizer.js";
import { createFitter } from "../tokenizers/tokenizers.js";
import { wholeTokens } from "../tokenizers/wholeTokens.js";
import { digesting } from "./digestText.js";
import { encodeText } from "./encodeText.js";
import type { CorpusOptions, PlannedText } from "./plan.js";
import { type ReadTextOptions, readTextChunks } from "./readText.js";

/** A text after the first reading. */
export interface SurveyedText extends PlannedText {
  sha256: string;
  tokens: number;
}

export interface Survey {
  tokenizer: Tokenizer;
  texts: SurveyedText[];
}

/** Reads a text to its end and counts its tokens; undefined where they are not settled before the tokenizer is. */
type Count<Tokens> = (source: TextSource, options: ReadTextOptions) => Promise<Tokens>;

/**
 * The first reading: fits the tokenizer to the training texts where none is given, and counts the tokens of every text.
 *
 * @throws DataError as `openCorpus` says.
 */
export async function surveyTexts(
  planned: readonly PlannedText[],
  wanted: CorpusOptions["tokenizer"],
  options: ReadTextOptions,
): Promise<Survey> {
  if ("encode" in wanted) return { tokenizer: wanted, texts: await survey(planned, countEncoded(wanted), options) };
  const fitter = createFitter(wanted);
  const isTrain = ({ split }: PlannedText) => split === "train";
  const train = await survey(planned.filter(isTrain), countFitted(fitter), options);
  const tokenizer = fitter.finish();
  const count = countEncoded(tokenizer);
  const validation = await survey(
    planned.filter((text) => !isTrain(text)),
    count,
    options,
  );
  const counted = [];
  for (const text of train) counted.push({ ...text, tokens: text.tokens ?? (await count(text.source, {})) });
  return { tokenizer, texts: [...counted, ...validation] };
}

async function survey<Tokens>(
  planned: readonly PlannedText[],
  count: Count<Tokens>,
  options: ReadTextOptions,
): Promise<(Omit<SurveyedText, "tokens"> & { tokens: Tokens })[]> {
  const texts = [];
  for (const text of planned) {
    const { result, bytes, sha256 } = await digesting(options, (reading) => count(text.source, reading));
    texts.push({ ...text, bytes, sha256, tokens: result });
  }
  return texts;
}

function countFitted(fitter: TokenizerFitter): Count<number | undefined> {
  return async (source, options) => {
    let tokens: number | undefined = 0;
    for await (const text of wholeTokens(fitter, readTextChunks(source, options), nameOf(source))) {
      const added = fitter.add(text);
      tokens = added === undefined || tokens === undefined ? undefined : tokens + added;
    }
    return tokens;
  };
}

function countEncoded(tokenizer: Tokenizer): Count<number> {
  return async (source, options) => {
    let tokens = 0;
    for await (const { ids } of encodeText(source, tokenizer, options)) tokens += ids.length;
    return tokens;
  };
}
