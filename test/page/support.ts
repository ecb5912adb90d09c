import { accessSync, constants, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";
import type { ModelConfig } from "../../src/config/model.js";
import { train } from "../../src/jobs/train.js";
import type { TrainOptions } from "../../src/jobs/trainOptions.js";
import type { Engine } from "../../src/page/browser/engine.js";

declare global {
  interface Window {
    heed: Engine;
  }
}

/** The Chromium of this machine: `CHROME_PATH`, or one on the PATH; undefined where there is none. */
export const chromiumPath = [
  process.env.CHROME_PATH,
  ...(process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name))),
].find((path) => path !== undefined && isProgram(path));

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What tests in it are called: a report says why they were skipped. */
export const inChromium = chromiumPath ? "in Chromium" : "in Chromium, which is not on the PATH (nor in CHROME_PATH)";

/** A new folder in the tests' own temporary one, which goes with it. */
export const pageFolder = (): string => mkdtempSync(join(tmpdir(), "page-"));

const story =
  "The bat hung in the attic and the bat slept. Leo found a bat and a ball, and he hit the ball with the bat. " +
  "The river bank was green. Anna brought money to the bank because she was rich. ";

/** Trains a tiny model, within a second: L = 2, H = 2, C = 16, words of a story. Answers its run's folder. */
export async function tinyRun({
  out = join(pageFolder(), "tiny"),
  model = {},
  ...options
}: Partial<TrainOptions> & { model?: Partial<ModelConfig> } = {}): Promise<string> {
  const text = join(pageFolder(), "story.txt");
  const training = { steps: 8, batchSize: 2, evalEvery: 4, evalBatches: 1, ...options.training };
  const shape = { numLayers: 2, numHeads: 2, hiddenDim: 16, contextLength: 64, ...model };
  writeFileSync(text, story.repeat(Math.ceil((30 * shape.contextLength) / 64)));
  await train({ data: [text], tokenizer: "word", ...options, out, model: shape, training });
  return out;
}

/** A page in a browser, and what it asked for and complained of. */
export interface OpenedPage {
  page: Page;
  /** The addresses that it asked for, its own first. */
  requests: string[];
  /** Its errors and warnings. */
  complaints: string[];
}

export interface OpenPageOptions {
  /** A script that runs before the page's. */
  before?: string;
  /** Whether it is for more than one test: then the browser closes it. @default false */
  stays?: boolean;
}

let browser: Promise<Browser> | undefined;

/** Closes the browser that `openPage` started. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
}

/** Opens a page's file from the disk, and waits until its models run. It is closed when the test is over, unless it stays. */
export async function openPage(
  file: string,
  { before, stays = false, ...context }: BrowserContextOptions & OpenPageOptions = {},
): Promise<OpenedPage> {
  browser ??= chromium.launch({ executablePath: chromiumPath!, args: ["--no-sandbox"] });
  const page = await (await browser).newPage(context);
  if (!stays) onTestFinished(() => page.close());
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  if (before !== undefined) await page.addInitScript(before);
  await page.goto(pathToFileURL(file).href);
  await page.waitForFunction(() => window.heed !== undefined);
  return { page, requests, complaints };
}
