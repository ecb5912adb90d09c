import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { CheckpointError, ConfigError } from "../../core/errors.js";
import { readMetrics } from "../../runs/metrics.js";
import { readSweepOutline } from "../sweep/record.js";
import { readResults } from "../sweep/trialResults.js";
import { settingsText } from "../sweep/trialSettings.js";
import { plural } from "./format.js";
import { isRun, type ReportRun, readReportRun } from "./readRun.js";

export interface FoundRuns {
  runs: ReportRun[];
  /** Trials of a sweep that left no figures, and why. */
  failures: { name: string; error: string }[];
  /** Settings of which a sweep asked to count the best value alone. */
  bestOf: string[];
  /** What a reader should know, a line each. */
  notes: string[];
}

export const isSweep = (folder: string): boolean => !isRun(folder) && existsSync(join(folder, "trials"));

/**
 * The runs in `folders`: run folders, or sweeps whose trials are run folders. A folder named twice counts once.
 *
 * @throws ConfigError if there is none; CheckpointError naming a folder that is neither, or a run that can't be used.
 */
export function findRuns(folders: readonly string[]): FoundRuns {
  if (folders.length === 0) throw new ConfigError("runs must name at least one run or sweep folder: got none");
  const found: FoundRuns = { runs: [], failures: [], bestOf: [], notes: [] };
  const named = new Set(folders.map((each) => join(each, ".")));
  for (const folder of named) {
    if (isSweep(folder)) addTrials(folder, found);
    else found.runs.push(readReportRun(requireRun(folder)));
  }
  found.runs = [...new Map(found.runs.map((run) => [run.folder, run])).values()];
  if (found.runs.length === 0) {
    const [failure] = found.failures;
    throw new CheckpointError(
      failure
        ? `${folders.join(", ")} must hold a trial that left figures: ${plural(found.failures.length, "trial")} failed, ` +
            `the first with: ${failure.error} (see to that, then heed sweep --resume tries again)`
        : `${folders.join(", ")} must hold a trial that has begun: there is none yet (wait for its first figures)`,
    );
  }
  return found;
}

function requireRun(folder: string): string {
  if (isRun(folder)) return folder;
  const is = existsSync(folder)
    ? statSync(folder).isDirectory()
      ? "it has no run.json and no trials"
      : "it is a file"
    : "there is nothing of that name";
  throw new CheckpointError(`${folder} must be the folder of a run or of a sweep: ${is} (leave it out)`);
}

/** The trials of a sweep that have begun, and what the sweep says of the others. */
function addTrials(sweep: string, found: FoundRuns): void {
  const { runs, skipped, budget, bestOf } = readSweepOutline(sweep);
  const results = new Map(readResults(sweep).map((result) => [basename(result.run), result]));
  const order = new Intl.Collator("en", { numeric: true });
  const names = readdirSync(join(sweep, "trials")).filter((name) => isRun(join(sweep, "trials", name)));
  const begun = names.filter((name) => readMetrics(join(sweep, "trials", name)).length > 0).sort(order.compare);
  for (const name of begun) {
    const { error: ended, command } = results.get(name) ?? {};
    found.runs.push({ ...readReportRun(join(sweep, "trials", name)), ended, command, budget });
  }
  for (const [name, { error }] of results) {
    if (error !== undefined && !begun.includes(name)) found.failures.push({ name, error });
  }
  const waiting = runs.filter((run) => !begun.includes(basename(run)) && !results.has(basename(run))).length;
  if (waiting > 0) found.notes.push(`${sweep}: ${waiting} of ${plural(runs.length, "trial")} have not begun.`);
  if (skipped.length > 0) {
    const [first] = skipped;
    found.notes.push(
      `${sweep}: ${plural(skipped.length, "setting")} could not be tried, for instance ${settingsText(first!.settings)}: ${first!.reason}.`,
    );
  }
  found.bestOf.push(...bestOf);
}
