/** Text from a model, token by token. */
export { Decoder, type DecoderOptions } from "./decoder.js";
export { type Choice, candidates, penalizeRepetition } from "./filters.js";
export { type GenerateOptions, generateText, type Written } from "./generateText.js";
