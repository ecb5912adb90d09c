import type { BackendChoice } from "../../backends/choose.js";
import { asOneOfSteps } from "../runRecord.js";
import { trainCommand } from "../trainCommand.js";
import type { ReportRun } from "./readRun.js";

/** The command that repeats a run: its sweep's word, else made of what run.json says, into a folder beside the run's. */
export function commandOf({ record, folder, points, command }: ReportRun): string {
  if (command !== undefined) return command;
  const backend = record.backend as BackendChoice;
  return trainCommand({ ...asOneOfSteps(record, points.at(-1)!), backend, out: `${folder}-again` });
}
