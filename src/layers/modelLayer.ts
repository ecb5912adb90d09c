import * as tf from "@tensorflow/tfjs";
import { linear } from "../ops/linear.js";
import type { Start } from "./initializers.js";
import { normal, zeros } from "./initializers.js";

/** A weight as its layer states it. */
export interface StatedWeight {
  shape: number[];
  /** How it starts. */
  start: Start;
}

/**
 * A layer that states its weights, so that they can be counted, drawn and described without being made. Every layer of
 * the model is one; `build` makes exactly what `statedWeights` says, in that order.
 */
export abstract class ModelLayer extends tf.layers.Layer {
  private readonly made = new Map<string, tf.LayerVariable>();

  /** Its weights by name, for inputs `width` wide. */
  statedWeights(_width: number): Record<string, StatedWeight> {
    return {};
  }

  /** In a few words what it is, for inputs `width` wide. */
  abstract describe(width: number): string;

  /** Multiplications of its matrix products, for each token of a full context of `length` tokens. */
  multiplications(width: number, _length: number): number {
    const matrices = Object.values(this.statedWeights(width)).filter(({ shape }) => shape.length === 2);
    return matrices.reduce((sum, { shape }) => sum + shape[0]! * shape[1]!, 0);
  }

  override build(inputShape: tf.Shape): void {
    for (const [name, { shape, start }] of Object.entries(this.statedWeights(inputShape.at(-1)!))) {
      this.made.set(name, this.addWeight(name, shape, "float32", start(`${this.name}.${name}`)));
    }
    super.build(inputShape);
  }

  /** Its weights by their own names, once it is built. */
  get variables(): ReadonlyMap<string, tf.Variable> {
    return new Map([...this.made].map(([name, weight]) => [name, weight.read() as tf.Variable]));
  }

  /** The weight `name`, which it has. */
  protected weight(name: string): tf.Tensor {
    return this.made.get(name)!.read();
  }

  /** The weight `name` if it has one. */
  protected optionalWeight(name: string): tf.Tensor | undefined {
    return this.made.get(name)?.read();
  }

  /** `x · name.weight + name.bias` over the last dimension. */
  protected project(x: tf.Tensor, name: string): tf.Tensor {
    return linear(x, this.weight(`${name}.weight`), { bias: this.optionalWeight(`${name}.bias`) });
  }
}

/** The weights of a projection: `name.weight` `[from, to]`, normal(0, 0.02 · scale), and `name.bias` `[to]`, 0. */
export function projection(
  name: string,
  [from, to]: [from: number, to: number],
  { bias, seed, scale = 1 }: { bias: boolean; seed: number; scale?: number },
): Record<string, StatedWeight> {
  const weight = { [`${name}.weight`]: { shape: [from, to], start: normal(seed, scale) } };
  return bias ? { ...weight, [`${name}.bias`]: { shape: [to], start: zeros } } : weight;
}
