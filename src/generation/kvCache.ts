import * as tf from "@tensorflow/tfjs";
import type { ModelConfig } from "../config/model.js";
import type { AttentionCache } from "../layers/context.js";
import { causalMask } from "../ops/causalMask.js";

/**
 * The keys and values of one sequence in every attention layer, `[H, T, D]` each. They are variables, so that a compiled
 * step keeps them in its session. The cache owns them; call `dispose` when done.
 */
export class KvCache {
  private readonly layers = new Map<string, { keys: tf.Variable; values: tf.Variable }>();
  private readonly shape: [heads: number, length: number, width: number];

  constructor({ numLayers, numHeads, hiddenDim, contextLength }: ModelConfig) {
    this.shape = [numHeads, contextLength, hiddenDim / numHeads];
    const empty = () => tf.tidy(() => tf.variable(tf.zeros(this.shape), false));
    for (let i = 0; i < numLayers; i++) this.layers.set(`blocks.${i}.attention`, { keys: empty(), values: empty() });
  }

  /** The context of a pass over all tokens so far, at most `contextLength`. */
  filling(): AttentionCache {
    const [, contextLength] = this.shape;
    return {
      contextLength,
      position: undefined,
      update: (layer, keys, values) => {
        const length = keys.shape[2];
        const padded = (fresh: tf.Tensor4D) => fresh.squeeze([0]).pad([[0, 0], [0, contextLength - length], [0, 0]]); // biome-ignore format: a pair each
        this.store(layer, padded(keys), padded(values));
        return { keys, values, mask: causalMask(length, length) };
      },
    };
  }

  /** The context of a pass over the one token at `position`, a scalar int32. */
  extending(position: tf.Scalar): AttentionCache {
    const [heads, contextLength, width] = this.shape;
    const mask = tf.range(0, contextLength, 1, "int32").greater(position).cast("float32").mul(-1e9);
    const place = tf.stack([tf.range(0, heads, 1, "int32"), tf.zeros([heads], "int32").add(position)], 1); // [H, 2]
    const placed = (old: tf.Variable, fresh: tf.Tensor4D) => {
      return tf.tensorScatterUpdate(old, place, fresh.reshape([heads, width]));
    };
    return {
      contextLength,
      position,
      update: (layer, freshKeys, freshValues) => {
        const known = this.layers.get(layer)!;
        this.store(layer, placed(known.keys, freshKeys), placed(known.values, freshValues));
        const all = (variable: tf.Variable) => variable.expandDims(0) as tf.Tensor4D; // [1, H, T, D]
        return { keys: all(known.keys), values: all(known.values), mask: mask.expandDims(0) as tf.Tensor2D };
      },
    };
  }

  private store(layer: string, keys: tf.Tensor, values: tf.Tensor): void {
    const known = this.layers.get(layer)!;
    known.keys.assign(keys);
    known.values.assign(values);
  }

  dispose(): void {
    for (const { keys, values } of this.layers.values()) tf.dispose([keys, values]);
  }
}
