import * as tf from "@tensorflow/tfjs";
import type { TrainingConfig } from "../config/training.js";
import type { Batch } from "../dataset/sampler.js";
import type { Transformer } from "../model/transformer.js";
import { AdamW, type AdamWScalars } from "./adamW.js";
import { clipScale, globalNorm } from "./clipping.js";

export interface StepResult {
  /** Mean cross-entropy of the batch before the update, in nats. */
  loss: number;
  /** Global norm of the gradients before clipping. */
  gradNorm: number;
}

/** One update of a model's weights, and the loss of a batch without one. It owns the optimizer; dispose it when done. */
export class TrainingStep {
  readonly optimizer: AdamW;

  constructor(
    private readonly model: Transformer,
    private readonly config: TrainingConfig,
  ) {
    this.optimizer = new AdamW(model.weights, config);
  }

  /**
   * Averages the gradients of `batches`, clips them and moves the weights.
   *
   * @param step counted from 1
   */
  run(batches: Batch[], step: number, learningRate: number): StepResult {
    return tf.tidy(() => {
      const results = batches.map((batch, i) => this.gradients(batch, step * batches.length + i));
      const loss = mean(results.map((r) => r.loss));
      const names = [...this.model.weights.keys()];
      const gradients = new Map(names.map((name) => [name, mean(results.map((r) => r.gradients.get(name)!))]));
      const norm = globalNorm([...gradients.values()]);
      const scale = this.config.clip > 0 ? clipScale(norm, this.config.clip) : undefined;
      this.optimizer.update(gradients, scale, scalars(this.optimizer.scalars(step, learningRate)));
      return { loss: loss.dataSync()[0]!, gradNorm: norm.dataSync()[0]! };
    });
  }

  /** Mean cross-entropy of a batch, in nats, without dropout and without an update. */
  evaluate(batch: Batch): number {
    return tf.tidy(() => {
      const { ids, targets } = this.tensors(batch);
      return this.model.losses(ids, targets).mean().dataSync()[0]!;
    });
  }

  private gradients(batch: Batch, draw: number): { loss: tf.Scalar; gradients: Map<string, tf.Tensor> } {
    const { ids, targets } = this.tensors(batch);
    const weights = [...this.model.weights];
    const dropoutSeed = this.model.config.dropout > 0 ? tf.scalar(this.dropoutSeed(draw), "int32") : undefined;
    const { value, grads } = tf.variableGrads(
      () => this.model.losses(ids, targets, { dropoutSeed }).mean() as tf.Scalar,
      weights.map(([, weight]) => weight),
    );
    return { loss: value, gradients: new Map(weights.map(([name, weight]) => [name, grads[weight.name]!])) };
  }

  private tensors({ inputs, targets }: Batch): { ids: tf.Tensor2D; targets: tf.Tensor2D } {
    const { contextLength } = this.model.config;
    const shape: [number, number] = [inputs.length / contextLength, contextLength];
    return { ids: tf.tensor2d(inputs, shape, "int32"), targets: tf.tensor2d(targets, shape, "int32") };
  }

  /** A number that differs from draw to draw and from run to run; any spread will do, for Philox hashes it. */
  private dropoutSeed(draw: number): number {
    return (Math.imul(this.config.seed, 0x9e3779b1) + draw) | 0;
  }

  dispose(): void {
    this.optimizer.dispose();
  }
}

function scalars(values: Record<keyof AdamWScalars, number>): AdamWScalars {
  const entries = Object.entries(values).map(([name, value]) => [name, tf.scalar(value)]);
  return Object.fromEntries(entries) as unknown as AdamWScalars;
}

function mean<T extends tf.Tensor>(values: T[]): T {
  return values.length === 1 ? values[0]! : (tf.addN(values).div(values.length) as T);
}
