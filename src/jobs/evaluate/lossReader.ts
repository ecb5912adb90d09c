import * as tf from "@tensorflow/tfjs";
import { compile } from "../../compile/compile.js";
import { notFinite } from "../../generation/notFinite.js";
import { forward } from "../../model/stack.js";
import type { Transformer } from "../../model/transformer.js";
import { crossEntropy } from "../../ops/crossEntropy.js";

/** Tokens for a model to read, and what is asked of it: how likely is `targets[i]` after `inputs[0]` to `inputs[places[i]]`? */
export interface Row {
  /** At most `T` ids. */
  inputs: Int32Array;
  /** At most `T` places, from 0. */
  places: ArrayLike<number>;
  /** As many ids. */
  targets: ArrayLike<number>;
}

/** Answers rows, at most `batchSize` at a time. */
export interface RowReader {
  readonly batchSize: number;
  /** `T`. */
  readonly length: number;
  /** Cross-entropies in nats, of every target of the first row, then of the second, and so on. */
  read(rows: readonly Row[]): Float32Array;
}

/**
 * A model as a reader of rows. Every call works out the same shape, `[batchSize, T]`, so that there is one graph: what is
 * missing is filled up, which changes nothing before it. Call `dispose` when done.
 */
export class LossReader implements RowReader {
  readonly length: number;
  private readonly graph;

  /** @param source what the model is called in errors */
  constructor(
    model: Transformer,
    readonly batchSize: number,
    private readonly source?: string,
  ) {
    this.length = model.config.contextLength;
    this.graph = compile(
      ({ ids, places, targets }: { ids: tf.Tensor2D; places: tf.Tensor1D; targets: tf.Tensor1D }) => ({
        losses: crossEntropy(logitsAt(model, ids, places), targets) as tf.Tensor,
      }),
    );
  }

  /** @throws CheckpointError if the model's weights are too large to compute with. */
  read(rows: readonly Row[]): Float32Array {
    const { length, batchSize } = this;
    const size = batchSize * length;
    const [inputs, places, targets] = [new Int32Array(size), new Int32Array(size), new Int32Array(size)];
    let asked = 0;
    rows.forEach((row, r) => {
      inputs.set(row.inputs, r * length);
      targets.set(row.targets, asked);
      for (let i = 0; i < row.places.length; i++) places[asked++] = r * length + row.places[i]!;
    });
    return tf.tidy(() => {
      const ids = tf.tensor2d(inputs, [batchSize, length], "int32");
      const all = this.graph({ ids, places: tf.tensor1d(places, "int32"), targets: tf.tensor1d(targets, "int32") });
      const losses = (all.losses.dataSync() as Float32Array).subarray(0, asked);
      if (losses.some((loss) => !Number.isFinite(loss))) throw notFinite(this.source);
      return losses;
    });
  }

  dispose(): void {
    this.graph.dispose?.();
  }
}

/** Rows `places` of the logits `[B * T, V]`: they alone go through the output layer, the largest of all. */
function logitsAt({ stack, config }: Transformer, ids: tf.Tensor2D, places: tf.Tensor1D): tf.Tensor2D {
  const logits = forward<tf.Tensor>(stack, ids, {
    apply(layer, x) {
      const y = layer.call(x, {}) as tf.Tensor;
      return layer === stack.finalNorm ? y.reshape([-1, config.hiddenDim]).gather(places).expandDims(0) : y;
    },
    add: (a, b) => a.add(b),
  });
  return logits.reshape([-1, config.vocabSize]);
}
