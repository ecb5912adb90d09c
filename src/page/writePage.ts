import { statSync } from "node:fs";
import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { useBackend } from "../backends/choose.js";
import { type PageConfig, pageConfig } from "../config/pageFields.js";
import { definedFields, requireNamed } from "../core/checks.js";
import { replaceText } from "../core/durableFiles.js";
import { ConfigError } from "../core/errors.js";
import { makeFolder, onFile } from "../core/files.js";
import { type OpenModel, openModel } from "../jobs/openModel.js";
import { findCheckpoint } from "../runs/checkpoint/load.js";
import { versions } from "../runs/versions.js";
import { measurements } from "./measurements.js";
import { pageHtml } from "./pageHtml.js";
import { chosenSnapshots, pageModel, withRuns } from "./pageModel.js";
import type { PageModel, Payload } from "./payload.js";
import { readableText } from "./readableText.js";
import { suggestedTexts } from "./suggestedTexts.js";

export interface PageOptions extends Partial<PageConfig> {
  /** A checkpoint folder, or a run folder (its best checkpoint). */
  checkpoint: string;
  /** Whether to load files that another program changed after heed saved them. @default false */
  trust?: boolean;
  /** What computes while the page is written. @default "auto" */
  backend?: string;
  /** Receives what the user should know, a line each. */
  onNote?: (line: string) => void;
  /** Called with how much of the measuring of heads is done, of all. */
  onProgress?: (done: number, total: number) => void;
}

/** A page that was written. */
export interface WrittenPage {
  out: string;
  /** Size of the file, and what the models' weights and those of their snapshots take of it. */
  bytes: { file: number; weights: number; snapshots: number };
  models: { name: string; checkpoint: string; logitDifference: number; snapshots: number[] }[];
}

/**
 * Writes a page that runs a model, or two, in the browser: one HTML file that needs nothing else.
 *
 * @throws ConfigError, DataError or CheckpointError for an option, a text or a checkpoint that can't be used; FileError if
 *   the file can't be written. What was there stays.
 */
export async function writePage(asked: PageOptions): Promise<WrittenPage> {
  const { checkpoint, trust, backend, onNote, onProgress, ...given } = asked;
  requireNamed("checkpoint", checkpoint, "name a run or a checkpoint");
  const config = pageConfig(definedFields(given));
  requireFreeFile(config);
  const paths = [checkpoint, config.compare].filter((path) => path !== undefined).map((path) => findCheckpoint(path));
  const active = await useBackend(backend);
  onNote?.(`backend ${active.reason}`);
  const opened: OpenModel[] = [];
  try {
    for (const path of paths) opened.push(openModel(path, { trust }));
    for (const note of opened.flatMap(({ notes }) => notes)) onNote?.(note);
    const payload = await payloadOf(opened, config, asked);
    const html = await pageHtml(payload);
    makeFolder(dirname(config.out));
    replaceText(config.out, html);
    return summary(payload, { out: config.out, html, opened });
  } finally {
    for (const model of opened) model.dispose();
  }
}

async function payloadOf(opened: readonly OpenModel[], config: PageConfig, asked: PageOptions): Promise<Payload> {
  const { precision, data, heads } = config;
  const { trust, backend, onNote, onProgress } = asked;
  requireOneTokenizer(opened, config);
  const sources = withRuns(opened);
  const texts = config.texts ?? (await suggestedTexts(sources[0]!, shortestContext(opened)));
  for (const { tokenizer, model } of opened) {
    for (const text of texts) readableText(text, { tokenizer, config: model.config });
  }
  const models: PageModel[] = [];
  for (const source of sources) {
    const snapshots = chosenSnapshots(source, config, sources.length);
    const measured = await measurements(source.opened, { data, heads, trust, backend, onNote, onProgress });
    models.push(pageModel(source, { texts, precision, snapshots, ...measured }));
  }
  return { heed: versions().heed, models, texts };
}

function shortestContext(opened: readonly OpenModel[]): number {
  return Math.min(...opened.map(({ model }) => model.config.contextLength));
}

/** Two models are compared token by token. */
function requireOneTokenizer([first, second]: readonly OpenModel[], { compare }: PageConfig): void {
  if (!second || isDeepStrictEqual(first!.tokenizer.toJSON(), second.tokenizer.toJSON())) return;
  throw new ConfigError({
    field: "compare",
    rule: `be a model with the tokenizer of ${first!.folder}, to be compared with it token by token`,
    value: compare,
    remedy: "write a page for each",
  });
}

function requireFreeFile({ out, overwrite }: PageConfig): void {
  const found = onFile(out, () => statSync(out, { throwIfNoEntry: false }));
  if (!found || (found.isFile() && overwrite)) return;
  const rule = found.isFile() ? "name a new file" : "name a file";
  const got = `${JSON.stringify(out)}, ${found.isFile() ? "which is there" : "a folder"}`;
  const remedy = found.isFile() ? "add {overwrite} to replace it" : "name a file in it, like model.html";
  throw new ConfigError({ field: "out", rule, got, remedy });
}

function summary(
  { models }: Payload,
  { out, html, opened }: { out: string; html: string; opened: readonly OpenModel[] },
): WrittenPage {
  const sum = (sizes: readonly number[]) => sizes.reduce((a, b) => a + b, 0);
  const snapshots = sum(models.flatMap((model) => model.snapshots.map(({ weights }) => weights.data.length)));
  return {
    out,
    bytes: { file: Buffer.byteLength(html), weights: sum(models.map(({ weights }) => weights.data.length)), snapshots },
    models: models.map(({ name, logitDifference, snapshots }, i) => ({
      name,
      checkpoint: opened[i]!.folder,
      logitDifference,
      snapshots: snapshots.map(({ step }) => step),
    })),
  };
}
