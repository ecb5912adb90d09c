// npm run inspect -- models/tales "At the bank"
import { type InspectionConfig, inspectionFields } from "../src/config/inspection.js";
import { inspect } from "../src/jobs/inspect.js";
import { unescaped } from "./support/arguments.js";
import { EvaluationDisplay } from "./support/evaluationDisplay.js";
import { showResult } from "./support/fitTables.js";
import { backendFlag, givenFields, switchFlag, tableFlags, textFlag } from "./support/flags.js";
import { inspectionText } from "./support/inspectText.js";
import type { HeedCommand } from "./support/main.js";
import { columnsOf } from "./support/screen.js";

export const command: HeedCommand = {
  command: "inspect [checkpoint] [text]",
  describe: "Look inside: what a trained model does with a text",
  examples: [
    ['$0 inspect models/mine "One morning"', "What comes next, and what the sharpest heads look at"],
    ['$0 inspect models/mine "One morning" --token morning --arithmetic', "One head's arithmetic, number by number"],
  ],
  builder: {
    checkpoint: textFlag("Run or checkpoint folder; needed"),
    ...tableFlags(inspectionFields, "Looking:"),
    backend: backendFlag,
    trust: switchFlag("Load files that another program changed after heed saved them", false),
    json: switchFlag("Print all numbers as JSON", false),
  },
  handler: async (flags) => {
    const given = givenFields(inspectionFields, flags) as Partial<InspectionConfig>;
    const display = new EvaluationDisplay("readings");
    const inspection = await inspect({
      ...given,
      ...(given.text !== undefined && { text: unescaped(given.text) }),
      ...(given.compare && { compare: given.compare.map(unescaped) }),
      checkpoint: flags.checkpoint,
      trust: flags.trust,
      backend: flags.backend,
      ...display.listeners,
    }).finally(() => display.close());
    if (flags.json) process.stdout.write(`${JSON.stringify(inspection)}\n`);
    else showResult(inspectionText(inspection, columnsOf(process.stdout, Number.POSITIVE_INFINITY)));
  },
};
