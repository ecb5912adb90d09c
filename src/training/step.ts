import * as tf from "@tensorflow/tfjs";
import { compile } from "../compile/compile.js";
import type { TrainingConfig } from "../config/training.js";
import type { Batch } from "../dataset/sampler.js";
import type { Transformer } from "../model/transformer.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { optimizers } from "../optimizers/optimizers.js";
import { clipScale, globalNorm } from "./clipping.js";

export interface StepResult {
  /** Mean cross-entropy of the batch before the update, in nats. */
  loss: number;
  /** Global norm of the gradients before clipping. */
  gradNorm: number;
}

export interface StepOptions {
  /** Whether a step runs as one graph, where the backend has graphs. @default true */
  compiled?: boolean;
  /** Whether XLA compiles that graph. @default false */
  xla?: boolean;
}

/** What the optimizer needs at a step. */
type Scalars = ReturnType<Optimizer["scalars"]>;

/** The inputs of a gradient: a batch, and the seed of its dropout. */
type BatchTensors = { ids: tf.Tensor2D; targets: tf.Tensor2D; dropoutSeed: tf.Scalar };

/** One update of a model's weights, and the loss of a batch without an update. It owns the optimizer; dispose it when done. */
export class TrainingStep {
  readonly optimizer: Optimizer;
  /** Sums of gradients by weight, where an update uses several batches. */
  private readonly sums: ReadonlyMap<string, tf.Variable>;
  private readonly whole;
  private readonly accumulate;
  private readonly finish;
  private readonly loss;

  constructor(
    private readonly model: Transformer,
    private readonly config: TrainingConfig,
    { compiled = true, xla = false }: StepOptions = {},
  ) {
    const { gradAccum, precision } = config;
    const build: typeof compile = compiled ? (fn) => compile(fn, { precision, xla }) : (fn) => fn as never;
    this.optimizer = new optimizers[config.optimizer](model.weights, config);
    this.sums = new Map(gradAccum > 1 ? [...model.weights].map(([name, w]) => [name, zerosLike(w)]) : []);
    this.whole = build(({ ids, targets, dropoutSeed, ...scalars }: BatchTensors & Record<string, tf.Tensor>) => {
      const { loss, gradients } = this.gradients({ ids, targets, dropoutSeed });
      return { lossAndNorm: tf.stack([loss, this.update(gradients, scalars as Scalars)]) };
    });
    this.accumulate = build((batch: BatchTensors) => {
      const { loss, gradients } = this.gradients(batch);
      for (const [name, sum] of this.sums) sum.assign(sum.add(gradients.get(name)!));
      return { loss };
    });
    this.finish = build((scalars: Scalars) => {
      const means = [...this.sums].map(([name, sum]) => [name, sum.div(gradAccum)] as const);
      const norm = this.update(new Map(means), scalars);
      this.clearSums();
      return { norm };
    });
    // Not rounded to bfloat16, because this measures the model and not the training.
    const exact: typeof compile = compiled ? compile : (fn) => fn as never;
    this.loss = exact(({ ids, targets }: { ids: tf.Tensor2D; targets: tf.Tensor2D }) => ({
      loss: model.losses(ids, targets).mean(),
    }));
  }

  /**
   * Averages the gradients of `batches` (`gradAccum` of them), clips them and updates the weights.
   *
   * @param step counted from 1
   */
  run(batches: Batch[], step: number, learningRate: number): StepResult {
    return tf.tidy(() => {
      const scalars = this.optimizer.scalars(step, learningRate);
      const inputs = batches.map((batch, i) => ({
        ...this.tensors(batch),
        dropoutSeed: tf.scalar(this.dropoutSeed(step * batches.length + i), "int32"),
      }));
      if (inputs.length === 1) {
        const [loss, gradNorm] = this.whole({ ...inputs[0]!, ...scalars }).lossAndNorm.dataSync();
        return { loss: loss!, gradNorm: gradNorm! };
      }
      try {
        const losses = inputs.map((input) => this.accumulate(input).loss.dataSync()[0]!);
        const gradNorm = this.finish(scalars).norm.dataSync()[0]!;
        return { loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length, gradNorm };
      } catch (error) {
        this.clearSums(); // else they keep the batches before the one that failed
        throw error;
      }
    });
  }

  /** Mean cross-entropy of a batch, in nats, without dropout and without an update. */
  evaluate(batch: Batch): number {
    return tf.tidy(() => this.loss(this.tensors(batch)).loss.dataSync()[0]!);
  }

  private clearSums(): void {
    for (const sum of this.sums.values()) sum.assign(tf.zerosLike(sum));
  }

  private gradients({ ids, targets, dropoutSeed }: BatchTensors): {
    loss: tf.Scalar;
    gradients: Map<string, tf.Tensor>;
  } {
    const weights = [...this.model.weights];
    const { value, grads } = tf.variableGrads(
      () => this.model.losses(ids, targets, { dropoutSeed }).mean() as tf.Scalar,
      weights.map(([, weight]) => weight),
    );
    return { loss: value, gradients: new Map(weights.map(([name, weight]) => [name, grads[weight.name]!])) };
  }

  /** Clips the gradients and updates the weights; returns the norm before clipping. */
  private update(gradients: ReadonlyMap<string, tf.Tensor>, scalars: Scalars): tf.Scalar {
    const norm = globalNorm([...gradients.values()]);
    this.optimizer.update(gradients, this.config.clip > 0 ? clipScale(norm, this.config.clip) : undefined, scalars);
    return norm;
  }

  private tensors({ inputs, targets }: Batch): { ids: tf.Tensor2D; targets: tf.Tensor2D } {
    const { contextLength } = this.model.config;
    const shape: [number, number] = [inputs.length / contextLength, contextLength];
    return { ids: tf.tensor2d(inputs, shape, "int32"), targets: tf.tensor2d(targets, shape, "int32") };
  }

  /** A number that differs between draws and between seeds; the generator hashes it. */
  private dropoutSeed(draw: number): number {
    return (Math.imul(this.config.seed, 0x9e3779b1) + draw) | 0;
  }

  dispose(): void {
    for (const graph of [this.whole, this.accumulate, this.finish, this.loss]) graph.dispose?.();
    for (const sum of this.sums.values()) sum.dispose();
    this.optimizer.dispose();
  }
}

function zerosLike(variable: tf.Variable): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
}
