import type { ModelConfig } from "../config/model.js";
import { DataError } from "../core/errors.js";
import type { EncodedPrompt, Tokenizer } from "../tokenizers/tokenizer.js";

/**
 * A text as a model of the page reads it.
 *
 * @throws DataError if it has no token, one that the tokenizer does not know, or more than the model's context
 */
export function readableText(
  text: string,
  { tokenizer, config }: { tokenizer: Tokenizer; config: ModelConfig },
): EncodedPrompt {
  const encoded = tokenizer.encodePrompt(text, "text");
  const { length } = encoded.ids;
  if (length > 0 && length <= config.contextLength) return encoded;
  throw new DataError({
    field: "text",
    rule: `have from 1 to ${config.contextLength} tokens, as many as the model can see`,
    got: `${length}`,
    remedy: length === 0 ? "type a word" : `leave out ${length - config.contextLength}`,
  });
}
