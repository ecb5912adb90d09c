import { join } from "node:path";
import { type PageOptions, type WrittenPage, writePage } from "../../src/page/writePage.js";
import { EvaluationDisplay } from "./evaluationDisplay.js";

/** Writes page.html in a run's folder, in place of an earlier one, and shows how far it has come. */
export async function writeRunPage(run: string, options: Partial<PageOptions> = {}): Promise<WrittenPage> {
  const display = new EvaluationDisplay("readings");
  const out = join(run, "page.html");
  const { onNote, onProgress } = display.listeners;
  onNote(`measuring what the heads of ${run} do, for ${out}`);
  const given = { ...options, checkpoint: run, out, overwrite: true, onProgress };
  return writePage(given).finally(() => display.close());
}
