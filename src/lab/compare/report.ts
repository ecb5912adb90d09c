import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { replaceText } from "../../core/durableFiles.js";
import { ConfigError } from "../../core/errors.js";
import { makeFolder, readRegularFile } from "../../core/files.js";
import { isUnchanged, withSignature } from "../../core/signature.js";
import { analyze } from "./analysis.js";
import { isSweep } from "./findRuns.js";
import { briefOf, markdownOf } from "./markdown.js";
import { blocksOf, pageOf } from "./page.js";
import { picturesOf } from "./pictures.js";
import { figuresOf, type ReportFigures } from "./reportFigures.js";

export interface ReportOptions {
  /** Whether to replace a report that someone has changed. @default false */
  overwrite?: boolean;
  /** Whether each chart is written as an SVG file, too, into `pictures` in the folder. @default false */
  pictures?: boolean;
}

export interface Report {
  /** The files that were written. */
  html: string;
  markdown: string;
  /** What they show, as plain values. */
  figures: ReportFigures;
  /** The results as a terminal shows them. */
  brief: string;
}

/**
 * Compares runs: writes `report.html`, one page with charts that needs nothing else, and `report.md` into the folder
 * `out`. The same runs give the same bytes.
 *
 * @param runs run folders, or sweep folders whose trials count
 * @throws ConfigError or CheckpointError for runs that can't be read or compared, and where a file is in the way.
 */
export async function writeReport(
  runs: readonly string[],
  out: string,
  { overwrite = false, pictures = false }: ReportOptions = {},
): Promise<Report> {
  requireFolder(out);
  const analysis = await analyze(runs);
  const charts = pictures ? await picturesOf(blocksOf(analysis)) : [];
  const [html, markdown] = [join(out, "report.html"), join(out, "report.md")];
  const files = new Map([
    [html, await pageOf(analysis)],
    [markdown, markdownOf(analysis, charts)],
    ...charts.map(({ file, svg }): [string, string] => [join(out, file), svg]),
  ]);
  if (!overwrite) requireOurs([...files.keys()]);
  for (const [path, text] of files) {
    makeFolder(dirname(path));
    replaceText(path, withSignature(text));
  }
  return { html, markdown, figures: figuresOf(analysis), brief: briefOf(analysis) };
}

/** Where a report goes by default: into the sweep, where it is one's, else into `models/report`. */
export function reportFolder(runs: readonly string[]): string {
  const [folder] = runs;
  return runs.length === 1 && folder !== undefined && isSweep(folder) ? folder : join("models", "report");
}

function requireFolder(out: string): void {
  if (!existsSync(out) || statSync(out).isDirectory()) return;
  throw new ConfigError(`out must be a folder: got ${out}, a file (choose another name)`);
}

function requireOurs(files: readonly string[]): void {
  const other = files.find((file) => existsSync(file) && !isUnchanged(readRegularFile(file).toString()));
  if (other === undefined) return;
  throw new ConfigError(
    `${other} must be as heed wrote it to be replaced: it was changed or made by someone else ` +
      "(choose another --out, or add --overwrite to replace it)",
  );
}
