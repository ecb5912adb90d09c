import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { PagePrecision } from "../config/pageFields.js";
import { capture, onlyPoints } from "../inspection/capture.js";
import type { OpenModel } from "../jobs/openModel.js";
import { readMetrics } from "../runs/metrics.js";
import { readRun } from "../runs/runFolder.js";
import type { RunRecord } from "../runs/runRecord.js";
import { readSnapshot, snapshotSteps } from "../runs/snapshots.js";
import { packWeights, unpackWeights } from "./packWeights.js";
import type { PageModel, PageRun } from "./payload.js";
import { readableText } from "./readableText.js";

/** A model for a page, with the run that it comes from; undefined if the checkpoint stands alone. */
export interface PageSource {
  opened: OpenModel;
  run: { folder: string; record: RunRecord } | undefined;
}

/** Bytes of snapshots that a page takes in unless it is told how many. */
const snapshotBytes = 16e6;

/** A model with the run in whose folder its checkpoint stands. */
export function withRun(opened: OpenModel): PageSource {
  const folder = dirname(opened.folder);
  const isRun = existsSync(join(folder, "run.json"));
  return { opened, run: isRun ? { folder, record: readRun(folder) } : undefined };
}

/** What a page is to say of a model. */
interface PageContent extends Pick<PageModel, "heads" | "senses"> {
  texts: readonly string[];
  precision: PagePrecision;
  /** Steps of the snapshots that it takes in. */
  snapshots: readonly number[];
}

/** A model as a page carries it. */
export function pageModel(
  { opened, run }: PageSource,
  { texts, precision, snapshots, ...measured }: PageContent,
): PageModel {
  const { model, tokenizer, folder, step } = opened;
  const { config } = model;
  const weights = packWeights(model.read(), precision, config);
  return {
    name: basename(run?.folder ?? folder),
    config,
    tokenizer: tokenizer.toJSON() as PageModel["tokenizer"],
    logitDifference: precision === "float32" ? 0 : logitDifference(opened, texts, weights),
    weights,
    step,
    run: run && runOf(run.folder, run.record),
    ...measured,
    snapshots: snapshots.map((step) => ({
      step,
      weights: packWeights(readSnapshot(run!.folder, step, config), "float16", config),
    })),
  };
}

/** The largest difference in logits on `texts` if the model runs with `weights`; it keeps them. */
function logitDifference(
  { model, tokenizer }: OpenModel,
  texts: readonly string[],
  weights: PageModel["weights"],
): number {
  const { config } = model;
  const logits = () =>
    texts.flatMap((text) => {
      const { ids } = readableText(text, { tokenizer, config });
      return [...capture(model, [ids], { at: onlyPoints("logits") }).at("output", "logits").values];
    });
  const exact = logits();
  model.load(unpackWeights(weights, config));
  return logits().reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i]!)), 0);
}

function runOf(folder: string, { training }: RunRecord): PageRun {
  const lines = readMetrics(folder);
  const losses = (name: "trainLoss" | "valLoss") =>
    lines.flatMap(({ step, [name]: loss }): [number, number][] => (loss === undefined ? [] : [[step, loss]]));
  return { steps: training.steps, trainLoss: losses("trainLoss"), valLoss: losses("valLoss") };
}

/**
 * The steps of the snapshots that a page takes in: of all that the run has, the first, the last and others spread evenly
 * between, as many as asked for, else as many as fit.
 *
 * @param models on the page
 */
export function chosenSnapshots({ opened, run }: PageSource, asked: number | undefined, models: number): number[] {
  const steps = run ? snapshotSteps(run.folder) : [];
  const parameters = [...opened.model.weights.values()].reduce((sum, { size }) => sum + size, 0);
  const fit = Math.floor(snapshotBytes / models / base64Bytes(2 * parameters));
  const count = Math.min(steps.length, asked ?? fit);
  if (count < 2) return steps.slice(steps.length - count);
  return Array.from({ length: count }, (_, i) => steps[Math.round((i * (steps.length - 1)) / (count - 1))]!);
}

const base64Bytes = (bytes: number) => 4 * Math.ceil(bytes / 3);
