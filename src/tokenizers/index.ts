/** Text to token ids and back. */
export { CharTokenizer } from "./char.js";
export { tokenizerConfigJson, tokenizerFromJson } from "./json.js";
export type { EncodedPrompt, EncodeOptions, Encoding, FitOptions, StreamDecoder, Tokenizer } from "./tokenizer.js";
export { createFitter, type FitKindOptions, fitTokenizer } from "./tokenizers.js";
export { WordTokenizer } from "./word.js";
