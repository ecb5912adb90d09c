import * as tf from "@tensorflow/tfjs";
import type { TrainingConfig } from "../config/training.js";
import { loadVariables, readVariables, type VariableValues } from "../model/variables.js";

/** Shapes of weights, or of what an optimizer keeps, by name. */
export type NamedShapes = ReadonlyMap<string, readonly number[]>;

/** Moves named weights by their gradients. It owns its state; call `dispose` when done. */
export abstract class Optimizer {
  /** What it keeps from step to step, by name. */
  readonly state: ReadonlyMap<string, tf.Variable>;

  constructor(
    protected readonly weights: ReadonlyMap<string, tf.Variable>,
    stateShapes: (weights: NamedShapes) => NamedShapes,
  ) {
    const shapes = stateShapes(new Map([...weights].map(([name, { shape }]) => [name, shape])));
    const zeros = (shape: readonly number[]) => tf.tidy(() => tf.variable(tf.fill([...shape], 0), false));
    this.state = new Map([...shapes].map(([name, shape]) => [name, zeros(shape)]));
  }

  /**
   * What `update` needs at `step`, counted from 1: tensors, so that a compiled step does not fix them. The caller
   * disposes them.
   */
  abstract scalars(step: number, learningRate: number): Record<string, tf.Scalar>;

  /** Moves every weight; `gradients` are by weight name, each multiplied by `scale` first. */
  abstract update(
    gradients: ReadonlyMap<string, tf.Tensor>,
    scale: tf.Scalar | undefined,
    scalars: Record<string, tf.Scalar>,
  ): void;

  /** Copies of its state, as plain numbers. */
  read(): Map<string, { shape: number[]; data: Float32Array }> {
    return readVariables(this.state);
  }

  /** Replaces its state. @throws CheckpointError naming what is missing, unknown or of another shape. */
  load(values: VariableValues): void {
    loadVariables(this.state, values);
  }

  dispose(): void {
    for (const variable of this.state.values()) variable.dispose();
  }
}

/** An optimizer's class: what its state looks like can be asked without one. */
export interface OptimizerClass {
  new (weights: ReadonlyMap<string, tf.Variable>, config: TrainingConfig): Optimizer;
  /** The name and shape of all that it keeps for weights of these shapes. */
  stateShapes(weights: NamedShapes): Map<string, readonly number[]>;
}
