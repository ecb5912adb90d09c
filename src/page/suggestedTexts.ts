import { existsSync } from "node:fs";
import { readTextChunks } from "../dataset/readText.js";
import { generateText } from "../generation/generateText.js";
import type { OpenModel } from "../jobs/openModel.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";
import type { PageSource } from "./pageModel.js";

/** Texts that a page suggests, and tokens in each, at most: what fits on a screen. */
const most = { texts: 3, tokens: 40 };

/**
 * Texts for a page to begin with: the beginnings of paragraphs that the run validated on, or trained on, as far as the
 * file is there; else what the model itself writes.
 */
export async function suggestedTexts({ opened, run }: PageSource, contextLength: number): Promise<string[]> {
  const tokens = Math.min(most.tokens, contextLength);
  const files = run?.record.files ?? [];
  const file = files.find(({ split }) => split === "validation") ?? files[0];
  const found = file && existsSync(file.path) ? await beginnings(file.path, opened.tokenizer, tokens) : [];
  return found.length > 0 ? found : [await writtenBy(opened, tokens)];
}

async function beginnings(path: string, tokenizer: Tokenizer, tokens: number): Promise<string[]> {
  let text = "";
  for await (const chunk of readTextChunks(path)) {
    text += chunk;
    if (text.length > 10_000) break;
  }
  const paragraphs = text.split(/\n+/).map((paragraph) => paragraph.trim());
  return paragraphs
    .filter((paragraph) => paragraph !== "" && knows(tokenizer, paragraph))
    .slice(0, most.texts)
    .map((paragraph) => wholeSentences(beginning(tokenizer, paragraph, tokens)));
}

function knows(tokenizer: Tokenizer, text: string): boolean {
  try {
    return tokenizer.encodePrompt(text).ids.length > 0;
  } catch {
    return false;
  }
}

/** The first tokens of a text. */
function beginning(tokenizer: Tokenizer, text: string, tokens: number): string {
  const { offsets, text: read } = tokenizer.encodePrompt(text);
  return read.slice(0, offsets[tokens]);
}

/** The text up to its last end of a sentence, if it has one. */
function wholeSentences(text: string): string {
  return /^.*[.!?]["”’]?/su.exec(text)?.[0] ?? text;
}

async function writtenBy({ model, tokenizer }: OpenModel, tokens: number): Promise<string> {
  let text = "";
  for await (const piece of generateText(model, tokenizer, { maxNewTokens: tokens })) {
    const longer = (text + piece).trimStart();
    if (longer !== "" && !knows(tokenizer, longer)) break; // two words without a space between them are one unknown word
    text = longer;
  }
  return text.trimEnd();
}
