import * as tf from "@tensorflow/tfjs";
import { requireInteger } from "../core/checks.js";
import { DataError } from "../core/errors.js";
import { type CallContext, single } from "./context.js";
import { normal } from "./initializers.js";
import { ModelLayer, type StatedWeight } from "./modelLayer.js";

export interface LearnedPositionsConfig {
  name?: string;
  /** Positions known, the context length. */
  contextLength: number;
  /** Seed of the initial weights. @default 0 */
  seed?: number;
}

/**
 * Adds a learned vector for each position: `x[t] + weight[t]`. In and out: `[B, T, C]` with `T <= contextLength`.
 * Weight `weight`: `[contextLength, C]`, starts at normal(0, 0.02).
 *
 * @throws ConfigError if `contextLength` is not a whole number of at least 1.
 * @throws DataError if the input is longer than `contextLength`.
 * @see Radford et al. 2018 (GPT)
 */
export class LearnedPositions extends ModelLayer {
  static readonly className = "LearnedPositions"; // written into model files: never rename
  private readonly contextLength: number;
  private readonly seed: number;

  constructor(config: LearnedPositionsConfig) {
    super({ name: config.name });
    this.contextLength = requireInteger("LearnedPositions.contextLength", config.contextLength);
    this.seed = config.seed ?? 0;
  }

  override statedWeights(width: number): Record<string, StatedWeight> {
    return { weight: { shape: [this.contextLength, width], start: normal(this.seed) } };
  }

  override describe(): string {
    return "learned positions";
  }

  /** Rows are looked up and added. */
  override multiplications(): number {
    return 0;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { cache }: CallContext = {}): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs); // [B, T, C]
      if (cache?.position) return x.add(this.weight("weight").gather(cache.position.expandDims(0)));
      const length = requireFits(x.shape[1]!, this.contextLength);
      return x.add(this.weight("weight").slice([0, 0], [length, -1])); // [T, C] for every sequence
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), contextLength: this.contextLength, seed: this.seed };
  }
}
tf.serialization.registerClass(LearnedPositions);

function requireFits(length: number, contextLength: number): number {
  if (length <= contextLength) return length;
  throw new DataError(
    `input must fit the context of ${contextLength} tokens: got ${length} (give the model its last ${contextLength})`,
  );
}
