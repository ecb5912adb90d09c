import * as tf from "@tensorflow/tfjs";
import { causalMask } from "../backends/ops/causalMask.js";
import type { ModelConfig } from "../config/model.js";
import type { AttentionCache } from "../layers/context.js";

/**
 * The keys and values of one sequence, for every attention layer: `[1, H, T, D]` each, in variables, so that a compiled
 * step keeps them in its graph. It owns them; call `dispose` when done.
 */
export class KvCache {
  private readonly layers = new Map<string, { keys: tf.Variable; values: tf.Variable }>();

  constructor({ numLayers, numHeads, hiddenDim, contextLength }: ModelConfig) {
    const empty = () => tf.tidy(() => tf.variable(tf.zeros([1, numHeads, contextLength, hiddenDim / numHeads]), false));
    for (let i = 0; i < numLayers; i++) this.layers.set(`blocks.${i}.attention`, { keys: empty(), values: empty() });
    this.contextLength = contextLength;
  }

  private readonly contextLength: number;

  /** For a pass over the first `contextLength` tokens at once. What comes after the last real one is not looked at later. */
  filling(): AttentionCache {
    const { contextLength } = this;
    return {
      contextLength,
      position: undefined,
      update: (layer, keys, values) => {
        this.store(layer, keys, values);
        return { keys, values, mask: causalMask(contextLength, contextLength) };
      },
    };
  }

  /** For a pass over the one token at `position`, a scalar int32. */
  extending(position: tf.Scalar): AttentionCache {
    const { contextLength } = this;
    const places = tf.range(0, contextLength, 1, "int32");
    const isHere = places.equal(position).cast("float32").reshape([1, 1, contextLength, 1]);
    const mask = places.greater(position).cast("float32").mul(-1e9).expandDims(0) as tf.Tensor2D; // [1, T]
    const placed = (old: tf.Variable, fresh: tf.Tensor4D) =>
      old.mul(isHere.neg().add(1)).add(fresh.mul(isHere)) as tf.Tensor4D;
    return {
      contextLength,
      position,
      update: (layer, freshKeys, freshValues) => {
        const known = this.layers.get(layer)!;
        const keys = placed(known.keys, freshKeys);
        const values = placed(known.values, freshValues);
        this.store(layer, keys, values);
        return { keys, values, mask };
      },
    };
  }

  private store(layer: string, keys: tf.Tensor4D, values: tf.Tensor4D): void {
    const { keys: knownKeys, values: knownValues } = this.layers.get(layer)!;
    knownKeys.assign(keys);
    knownValues.assign(values);
  }

  dispose(): void {
    for (const { keys, values } of this.layers.values()) tf.dispose([keys, values]);
  }
}
