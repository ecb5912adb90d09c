import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { PageConfig, PagePrecision } from "../config/pageFields.js";
import { ConfigError } from "../core/errors.js";
import { capture, onlyPoints } from "../inspection/capture.js";
import type { OpenModel } from "../jobs/openModel.js";
import { readMetrics } from "../runs/metrics.js";
import { readRun } from "../runs/runFolder.js";
import type { RunRecord } from "../runs/runRecord.js";
import { readSnapshot, snapshotSteps } from "../runs/snapshots.js";
import { packWeights, unpackWeights } from "./packWeights.js";
import type { PageModel, PageRun } from "./payload.js";
import { readableText } from "./readableText.js";

/** A model for a page. */
export interface PageSource {
  opened: OpenModel;
  /** What the page calls it. */
  name: string;
  /** The run that it comes from; undefined if the checkpoint stands alone. */
  run: { folder: string; record: RunRecord } | undefined;
}

/** Bytes of snapshots that a page takes in unless it is told how many, and of all weights at most: a text has an end. */
const snapshotBytes = 16e6;
const mostBytes = 250e6;

/**
 * Models with the runs in whose folders their checkpoints stand. Each is called like its run's folder, and like its
 * checkpoint's, too, where that is another's name.
 */
export function withRuns(opened: readonly OpenModel[]): PageSource[] {
  const sources = opened.map((model): PageSource => {
    const folder = dirname(model.folder);
    const isRun = existsSync(join(folder, "run.json"));
    const name = basename(isRun ? folder : model.folder);
    return { opened: model, name, run: isRun ? { folder, record: readRun(folder) } : undefined };
  });
  const isShared = ({ name }: PageSource) => sources.filter((other) => other.name === name).length > 1;
  return sources.map((source) =>
    isShared(source) ? { ...source, name: `${source.name} ${basename(source.opened.folder)}` } : source,
  );
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
  { opened, run, name }: PageSource,
  { texts, precision, snapshots, ...measured }: PageContent,
): PageModel {
  const { model, tokenizer, step } = opened;
  const { config } = model;
  const weights = packWeights(model.read(), precision, config);
  return {
    name,
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
 * @throws ConfigError if weights are too many for a page
 */
export function chosenSnapshots(
  { opened, run }: PageSource,
  { snapshots: asked, precision }: Pick<PageConfig, "snapshots" | "precision">,
  models: number,
): number[] {
  const steps = run ? snapshotSteps(run.folder) : [];
  const parameters = [...opened.model.weights.values()].reduce((sum, { size }) => sum + size, 0);
  const fit = Math.floor(snapshotBytes / models / base64Bytes(2 * parameters));
  const count = Math.min(steps.length, asked ?? fit);
  requireRoom(parameters * (2 * count + (precision === "float16" ? 2 : 4)) * models);
  if (count < 2) return steps.slice(steps.length - count);
  return Array.from({ length: count }, (_, i) => steps[Math.round((i * (steps.length - 1)) / (count - 1))]!);
}

function requireRoom(bytes: number): void {
  if (base64Bytes(bytes) <= mostBytes) return;
  throw new ConfigError({
    field: "weights",
    rule: `take at most ${mostBytes / 1e6} MB of a page, snapshots included`,
    got: `${Math.round(base64Bytes(bytes) / 1e6)} MB`,
    remedy: "take fewer snapshots, {precision} float16 or a smaller model",
  });
}

const base64Bytes = (bytes: number) => 4 * Math.ceil(bytes / 3);
