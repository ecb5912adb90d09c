// npm run sweep -- --data data/tales/tales.txt --tokenizer word --out models/heads --grid "heads=1,2,4,8" --seeds 3 --budget tokens=2M
import { outputFields } from "../src/config/run.js";
import { definedFields } from "../src/core/checks.js";
import { ConfigError, HeedError } from "../src/core/errors.js";
import { forecastSweep } from "../src/lab/sweep/forecast.js";
import type { SweepOptions } from "../src/lab/sweep/options.js";
import { type PlanFile, planFile } from "../src/lab/sweep/planFile.js";
import { sweep } from "../src/lab/sweep/sweep.js";
import { sweepText } from "../src/lab/sweep/table.js";
import { showResult } from "./support/fitTables.js";
import { fieldFlag, numberFlag, switchFlag, textFlag } from "./support/flags.js";
import { forecastText } from "./support/forecastText.js";
import { stopOnInterrupt } from "./support/interrupt.js";
import type { HeedCommand } from "./support/main.js";
import { note } from "./support/screen.js";
import { SweepDisplay } from "./support/sweepDisplay.js";
import { settingFlags, timingFlag, trainOptions } from "./train.js";

export const command: HeedCommand = {
  command: "sweep",
  describe: "Train many models that differ in some settings, and compare them",
  examples: [
    ['$0 sweep --data my.txt --out models/heads --grid "heads=1,2,4,8" --seeds 2', "Does the number of heads matter?"],
    ["$0 sweep --resume --out models/heads --data my.txt", "Go on with it"],
  ],
  builder: {
    out: textFlag("Sweep folder; needed"),
    grid: textFlag('What varies, by flag names: "heads=1,2,4 dim=64,128 lr=1e-4..1e-2"'),
    plan: textFlag("JSON file with grid or list, trials, seeds, budget, bestOf"),
    trials: numberFlag("trials", "Settings to draw at random from the grid's lists and ranges", "all combinations"),
    seeds: textFlag("How many seeds, from --seed on, or which: 3, or 1,2,3", "1"),
    budget: textFlag("What each trial may use: tokens=2M or flops=1e15", "--steps"),
    "best-of": textFlag("Settings of which only the best value counts, such as lr"),
    workers: numberFlag("workers", "Trials at a time", "one a core"),
    keep: numberFlag("keep", "Checkpoints of each trial to keep beside the best", 1),
    ...settingFlags,
    tensorboard: fieldFlag(outputFields.tensorboard),
    "dry-run": switchFlag("Show the trials and how long they will take, without training", false),
    timing: timingFlag,
    resume: switchFlag("Go on with the sweep in --out", false),
    overwrite: switchFlag("Delete an earlier sweep in --out", false),
    json: switchFlag("Print the result as JSON", false),
  },
  handler: async (flags) => {
    if (!flags.out) throw new ConfigError("out must name a sweep folder: got none (add --out models/NAME)");
    const options = sweepOptions(flags);
    if (flags.dryRun) return showForecast(options, { json: flags.json, timing: flags.timing });
    const display = new SweepDisplay();
    const { signal, release } = stopOnInterrupt(() => display.close());
    const result = await sweep({ ...options, signal }, display.listeners).finally(() => {
      display.close();
      release();
    });
    const report = await reportOf(result.out);
    if (flags.json) process.stdout.write(`${JSON.stringify({ ...result, report })}\n`);
    else showResult(sweepText(result));
    note(`saved in ${result.out}${report === undefined ? "" : `; report in ${report}`}`);
    if (result.results.some(({ status }) => status === "failed")) process.exitCode = 1;
  },
};

async function showForecast(
  options: SweepOptions,
  { json, timing }: { json?: boolean; timing?: boolean },
): Promise<void> {
  const onTiming = (count: number) => {
    note(`timing a few steps of ${count} ${count === 1 ? "shape" : "shapes"} (--no-timing skips this)`);
  };
  const forecast = await forecastSweep(options, { timing, onTiming });
  if (json) process.stdout.write(`${JSON.stringify(forecast)}\n`);
  else showResult(forecastText(forecast));
}

/** The page that compares the trials; undefined where they can't be compared, which is said. */
async function reportOf(out: string): Promise<string | undefined> {
  // Only here, as it would slow down the start.
  const { writeReport } = await import("../src/lab/compare/report.js");
  try {
    return (await writeReport([out], out)).html;
  } catch (error) {
    if (!(error instanceof HeedError)) throw error;
    note(`no report: ${error.message}`);
    return undefined;
  }
}

/** Flags override what a plan says. */
function sweepOptions(flags: Record<string, unknown>): SweepOptions {
  const { grid, trials, seeds, budget, bestOf, workers } = flags as Partial<SweepOptions>;
  const plan: PlanFile = flags.plan === undefined ? {} : planFile(flags.plan as string);
  const given = definedFields({ grid, trials, seeds, budget, bestOf });
  if (flags.steps !== undefined && (budget ?? plan.budget) !== undefined) {
    throw new ConfigError("steps and budget can't both be given: a budget decides the steps");
  }
  return { ...trainOptions(flags), ...plan, ...given, workers };
}
