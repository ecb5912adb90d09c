// npm run evaluate -- models/tales data/tales/heldout.txt
import { evaluationFields } from "../src/config/evaluation.js";
import { evaluate } from "../src/jobs/evaluate/evaluate.js";
import { evaluationTable } from "./support/evaluateTable.js";
import { EvaluationDisplay } from "./support/evaluationDisplay.js";
import { backendFlag, givenFields, switchFlag, tableFlags, textFlag } from "./support/flags.js";
import type { HeedCommand } from "./support/main.js";
import { columnsOf } from "./support/screen.js";
import { textAt } from "./support/standardInput.js";

export const command: HeedCommand = {
  command: "evaluate [checkpoint] [data]",
  describe: "Measure a trained model on a text",
  examples: [
    ["$0 evaluate models/tales data/tales/heldout.txt", "Bits per word, and which tokens cost most"],
    ["$0 evaluate models/mine other.txt --json", "The same as JSON"],
  ],
  builder: {
    checkpoint: textFlag("Run or checkpoint folder; needed"),
    data: textFlag("Text file, or - for standard input; needed"),
    ...tableFlags(evaluationFields),
    backend: backendFlag,
    trust: switchFlag("Load files that another program changed after heed saved them", false),
    json: switchFlag("Print the figures as JSON", false),
  },
  handler: async (flags) => {
    const { checkpoint, backend, trust } = flags;
    const data = flags.data === undefined ? flags.data : await textAt(flags.data);
    const display = new EvaluationDisplay();
    const given = { checkpoint, data, backend, trust, ...givenFields(evaluationFields, flags), ...display.listeners };
    const result = await evaluate(given).finally(() => display.close());
    process.stdout.write(
      flags.json
        ? `${JSON.stringify(result)}\n`
        : `${evaluationTable(result, columnsOf(process.stdout, Number.POSITIVE_INFINITY))}\n`,
    );
  },
};
