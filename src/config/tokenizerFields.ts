import { type ConfigOf, choice, optional, text, toggle } from "./fields.js";

/** Unicode normal forms that text can be brought to before it is cut: composed (`é` is one character), or none. */
export const normalForms = ["none", "NFC"] as const;
export type NormalForm = (typeof normalForms)[number];

/** What text is cut into. */
export const tokenizerFields = {
  tokenizer: text({ flag: "tokenizer", help: "char, word, or a tokenizer.json", default: "char" }),
  unknownToken: toggle({
    flag: "unknown-token",
    help: "Turn what the tokenizer does not know into <unk> instead of refusing it",
    default: false,
  }),
  normalize: optional(
    choice({
      flag: "normalize",
      help: "Unicode form of texts and prompts: NFC makes an e with an accent one character, however it was typed",
      choices: normalForms,
      defaultText: "none, or that of a tokenizer.json",
    }),
  ),
};

export type TokenizerConfig = ConfigOf<typeof tokenizerFields>;
