import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ReportRun, readReportRun } from "../../../src/lab/compare/readRun.js";
import { type FakeRun, fakeRun } from "./fakeRun.js";

/** A folder for runs that a test makes, and what takes it away. */
export function runFolders(): { folder: string; remove: () => void; make: (...asked: FakeRun[]) => ReportRun[] } {
  const folder = mkdtempSync(join(tmpdir(), "heed-report-"));
  let count = 0;
  const make = (...asked: FakeRun[]) =>
    asked.map((each) => readReportRun(fakeRun(join(folder, `run-${++count}`), each)));
  return { folder, make, remove: () => rmSync(folder, { recursive: true }) };
}

/** A run of each of the `settings` and of each seed from 1 on, whose final losses are `losses`, seed by seed. */
export function grid(rows: [model: FakeRun["model"], losses: number[]][]): FakeRun[] {
  return rows.flatMap(([model, losses]) =>
    losses.map((loss, i) => ({ model, training: { seed: i + 1 }, losses: [4, 2 * loss, loss] })),
  );
}
