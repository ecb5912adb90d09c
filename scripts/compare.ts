// npm run heed -- compare models/one-head models/eight-heads
import { ConfigError } from "../src/core/errors.js";
import { reportFolder, writeReport } from "../src/lab/compare/report.js";
import { showResult } from "./support/fitTables.js";
import { switchFlag, textFlag } from "./support/flags.js";
import type { HeedCommand } from "./support/main.js";

export const command: HeedCommand = {
  command: "compare [runs..]",
  describe: "Compare runs, or the trials of a sweep, in a report with charts",
  examples: [
    ["$0 compare models/one-head models/eight-heads", "Two runs, side by side"],
    ["$0 compare models/heads --out report", "A sweep's trials, in another folder"],
  ],
  builder: {
    out: textFlag("Folder for report.html and report.md", "the sweep's folder, else models/report"),
    overwrite: switchFlag("Replace a report that was changed by hand", false),
    pictures: switchFlag("Whether each chart is written as an SVG file, too", false),
    json: switchFlag("Print the figures as JSON", false),
  },
  handler: async (flags) => {
    const runs: string[] = flags.runs ?? [];
    if (runs.length === 0)
      throw new ConfigError("runs must name run or sweep folders: got none (add them: heed compare RUN...)");
    const out: string = flags.out ?? reportFolder(runs);
    const { html, markdown, brief, figures } = await writeReport(runs, out, {
      overwrite: flags.overwrite,
      pictures: flags.pictures,
    });
    if (flags.json) process.stdout.write(`${JSON.stringify({ html, markdown, ...figures })}\n`);
    else showResult(`${brief}\n\nreport  ${html}`);
  },
};
