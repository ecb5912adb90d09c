/** Text to token ids and back. */
export { CharTokenizer } from "./char.js";
export { tokenizerConfigJson, tokenizerFromJson } from "./json.js";
export type { Tokenizer } from "./tokenizer.js";
export { WordTokenizer } from "./word.js";
