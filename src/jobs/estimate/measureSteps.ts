import { setImmediate as eventLoop } from "node:timers/promises";
import { type ModelConfig, modelConfig } from "../../config/model.js";
import { type PrecisionKind, trainingConfig } from "../../config/training.js";
import { Random } from "../../core/random.js";
import { median } from "../../core/statistics.js";
import type { Batch } from "../../dataset/sampler.js";
import { executionOf } from "../../model/execution.js";
import { Transformer } from "../../model/transformer.js";
import { trainingWork, type Work } from "../../model/work.js";
import { TrainingStep } from "../../training/step.js";

/** A training step that was measured. */
export interface MeasuredStep {
  model: ModelConfig;
  batchSize: number;
  work: Work;
  /** The fastest turn's median. */
  seconds: number;
}

export interface MeasureListeners {
  /** Hears how far measuring is. */
  onProgress?(done: number, total: number): void;
}

export interface MeasureOptions {
  precision: PrecisionKind;
  compiled: boolean;
}

/** A model of one block, and its batch. */
type Shape = Partial<ModelConfig> & { vocabSize: number; batchSize: number };

const tiny: Shape = { hiddenDim: 32, numHeads: 1, contextLength: 32, vocabSize: 65, batchSize: 4 };

/** Small models, each of which spends its time on something else: products, attention, logits, random numbers. */
const shapes: readonly Shape[] = [
  { hiddenDim: 64, numHeads: 2, contextLength: 64, vocabSize: 8000, batchSize: 8 },
  { hiddenDim: 128, numHeads: 4, contextLength: 64, vocabSize: 65, batchSize: 12 },
  { hiddenDim: 128, numHeads: 4, contextLength: 64, vocabSize: 65, batchSize: 12, dropout: 0.1 },
  { hiddenDim: 128, numHeads: 4, contextLength: 512, vocabSize: 65, batchSize: 4 },
  { hiddenDim: 512, numHeads: 8, contextLength: 128, vocabSize: 65, batchSize: 4 },
];

/** The same for backends on which those would take minutes. */
const slowShapes: readonly Shape[] = [
  { ...tiny, vocabSize: 1000 },
  { ...tiny, contextLength: 128, batchSize: 1, numHeads: 2 },
  { ...tiny, dropout: 0.1, batchSize: 8 },
  { ...tiny, hiddenDim: 64 },
];

/** Seconds of a tiny step from which on a backend is slow. */
const slow = 0.03;

/** Turns that each model takes at most and at least, and the seconds after which no further round begins. */
const usualTurns = { most: 6, least: 2, seconds: 6 };

/**
 * How long training steps of a few small models take on the backend in use. The models take turns, so that what slows the
 * machine for a moment slows all of them, and the fastest turn of each counts.
 */
export async function measureSteps(
  options: MeasureOptions,
  { onProgress }: MeasureListeners = {},
  turns = usualTurns,
): Promise<MeasuredStep[]> {
  const probes: Probe[] = [];
  try {
    const total = 1 + shapes.length + turns.most;
    const progress = async (done: number) => {
      onProgress?.(done, total);
      await eventLoop();
    };
    await progress(0);
    probes.push(new Probe(tiny, options));
    probes[0]!.takeTurn();
    for (const shape of probes[0]!.fastest > slow ? slowShapes : shapes) {
      await progress(probes.length);
      probes.push(new Probe(shape, options));
    }
    const began = performance.now();
    for (let turn = 0; turn < turns.most; turn++) {
      if (turn >= turns.least && performance.now() - began > 1000 * turns.seconds) break;
      for (const probe of probes) {
        await progress(1 + shapes.length + turn);
        probe.takeTurn();
      }
    }
    onProgress?.(total, total);
    return probes.map((probe) => probe.result());
  } finally {
    for (const probe of probes) probe.dispose();
  }
}

/** A model that is trained on one batch, again and again. */
class Probe {
  /** Seconds a step, in the fastest turn so far. */
  fastest: number;
  private readonly model: Transformer;
  private readonly step: TrainingStep;
  private readonly batch: Batch;
  private readonly batchSize: number;
  private done = 0;

  constructor({ batchSize, ...shape }: Shape, { precision, compiled }: MeasureOptions) {
    this.batchSize = batchSize;
    this.model = new Transformer(modelConfig({ ...shape, numLayers: 1 }));
    this.step = new TrainingStep(this.model, trainingConfig({ batchSize, precision }), { compiled });
    const random = new Random(1337, "calibration");
    const { contextLength, vocabSize } = this.model.config;
    const ids = () => Int32Array.from({ length: batchSize * contextLength }, () => random.nextInteger(vocabSize));
    this.batch = { inputs: ids(), targets: ids() };
    this.seconds(); // the first step also makes the graph
    this.fastest = this.seconds();
  }

  /** A step that is not timed, as others had the processor's caches before, then three that are; of a long step, one. */
  takeTurn(): void {
    if (this.fastest < 0.1) this.seconds();
    const times = Array.from({ length: this.fastest < 0.1 ? 3 : 1 }, () => this.seconds());
    this.fastest = Math.min(this.fastest, median(times));
  }

  private seconds(): number {
    const before = performance.now();
    this.step.run([this.batch], ++this.done, 1e-4);
    return (performance.now() - before) / 1000;
  }

  result(): MeasuredStep {
    const { model, batchSize } = this;
    const execution = executionOf(model.config, batchSize);
    const work = trainingWork(model.config, { batchSize, gradAccum: 1 }, execution);
    return { model: model.config, batchSize, work, seconds: this.fastest };
  }

  dispose(): void {
    this.step.dispose();
    this.model.dispose();
  }
}
