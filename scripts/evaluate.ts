// npm run evaluate -- --checkpoint models/tales --data data/tales/heldout.txt
import type { BackendChoice } from "../src/backends/choose.js";
import { ConfigError } from "../src/core/errors.js";
import { evaluate } from "../src/jobs/evaluate/evaluate.js";
import { evaluationTable } from "./support/evaluateTable.js";
import { EvaluationDisplay } from "./support/evaluationDisplay.js";
import { backendFlag, numberFlag, switchFlag, textFlag } from "./support/flags.js";
import type { HeedCommand } from "./support/main.js";

export const command: HeedCommand = {
  command: "evaluate",
  describe: "Measure a trained model on a text",
  builder: {
    checkpoint: textFlag("Run or checkpoint folder; needed"),
    data: textFlag("Text file; needed"),
    stride: numberFlag("stride", "Tokens from one window to the next, at most the context", "half the context"),
    batch: numberFlag("batch", "Sequences at a time", 16),
    backend: backendFlag,
    json: switchFlag("Print the figures as JSON", false),
  },
  handler: async (flags) => {
    for (const name of ["checkpoint", "data"]) {
      if (!flags[name]) throw new ConfigError(`${name} must be given: got none (add --${name} PATH)`);
    }
    const { checkpoint, data, stride, batch: batchSize } = flags;
    const display = new EvaluationDisplay();
    const backend = flags.backend as BackendChoice | undefined;
    const given = { checkpoint, data, stride, batchSize, backend, ...display.listeners };
    const result = await evaluate(given).finally(() => display.close());
    process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : `${evaluationTable(result)}\n`);
  },
};
