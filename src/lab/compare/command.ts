import { basename, join, resolve } from "node:path";
import type { BackendChoice } from "../../backends/choose.js";
import { trainCommand } from "../../jobs/trainCommand.js";
import type { ReportRun } from "./readRun.js";

/** The command that repeats a run: its sweep's word, else made of what run.json says, into a folder next to the run's. */
export function commandOf({ record, folder, command }: ReportRun): string {
  if (command !== undefined) return command;
  const backend = record.backend as BackendChoice;
  return trainCommand({ ...record, backend, out: besides(folder) });
}

/** `models/a-again` of `models/a`; of `.` that of the name that the folder has. */
function besides(folder: string): string {
  const isNamed = !/^\.{1,2}$/.test(basename(folder));
  return `${isNamed ? folder : join(folder, "..", basename(resolve(folder)))}-again`;
}
