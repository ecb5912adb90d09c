// npm run generate -- models/tales "Once upon a time"
import { type GenerationConfig, generationFields } from "../src/config/generation.js";
import { type XlaChoice, xlaChoices } from "../src/config/xla.js";
import { ConfigError } from "../src/core/errors.js";
import { readText } from "../src/dataset/readText.js";
import { generate } from "../src/jobs/generate.js";
import { unescaped } from "./support/arguments.js";
import { backendFlag, choiceFlag, givenFields, switchFlag, tableFlags, textFlag } from "./support/flags.js";
import type { HeedCommand } from "./support/main.js";
import { note, styled } from "./support/screen.js";
import { textAt } from "./support/standardInput.js";
import { storyWriter } from "./support/wordWrap.js";

export const command: HeedCommand = {
  command: "generate [checkpoint] [prompt]",
  describe: "Write text with a trained model",
  examples: [
    ['$0 generate models/mine "One morning"', "Go on from a prompt"],
    ["$0 generate models/mine --num-samples 3 --temperature 1", "Write three new texts, wilder ones"],
  ],
  builder: {
    checkpoint: textFlag("Run or checkpoint folder; needed"),
    prompt: textFlag(
      "Text to go on from; \\n, \\t and \\\\ stand for a line break, a tab and a backslash",
      "a new text",
    ),
    "prompt-file": textFlag("File that holds the prompt, or - for standard input; a line break at its end is left out"),
    ...tableFlags(generationFields, "Drawing:"),
    backend: backendFlag,
    xla: choiceFlag("Whether XLA compiles the writing, on native", xlaChoices, "auto: for long texts"),
    trust: switchFlag("Load files that another program changed after heed saved them", false),
    json: switchFlag("Print the answers as JSON", false),
  },
  handler: async (flags) => {
    const prompt = await promptOf(flags.prompt, flags.promptFile);
    const story = answers(prompt, (flags.numSamples ?? 1) > 1);
    const drawing = givenFields(generationFields, flags) as Partial<GenerationConfig>;
    const result = await generate({
      checkpoint: flags.checkpoint,
      trust: flags.trust,
      prompt,
      backend: flags.backend,
      xla: flags.xla as XlaChoice | undefined,
      ...drawing,
      stop: drawing.stop?.map(unescaped),
      onNote: (line) => note(styled("dim", line)),
      onText: flags.json ? undefined : story.onText,
    });
    if (flags.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else story.end(result.answers.length);
  },
};

/** Writes pieces as they come, each answer after the prompt and, where there are several, under a line of its own. */
function answers(prompt: string, several: boolean) {
  let story = storyWriter();
  let current = -1;
  const end = () => {
    story.end();
    process.stdout.write("\n");
  };
  const begin = (sample: number) => {
    while (current < sample) {
      if (current >= 0) end();
      current += 1;
      if (several) process.stdout.write(`${styled("bold", `--- ${sample + 1} ---`, process.stdout)}\n`);
      story = storyWriter();
      story.push(prompt);
    }
  };
  const onText = (piece: string, sample: number) => {
    begin(sample);
    story.push(piece);
  };
  /** Those without a single new character, too. */
  const endAll = (count: number) => {
    begin(count - 1);
    end();
  };
  return { onText, end: endAll };
}

async function promptOf(prompt: string | undefined, promptFile: string | undefined): Promise<string> {
  if (promptFile === undefined) return unescaped(prompt ?? "");
  if (prompt !== undefined) throw new ConfigError("prompt and prompt-file can't both be given");
  const text = await readText(await textAt(promptFile), { role: "prompt file", onNote: note });
  return text.replace(/\r?\n$/, "");
}
