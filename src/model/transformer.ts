import * as tf from "@tensorflow/tfjs";
import { batchParts } from "../backends/capabilities.js";
import { type ModelConfig, modelConfig } from "../config/model.js";
import { DataError } from "../core/errors.js";
import { type CallContext, tapped } from "../layers/context.js";
import { crossEntropy } from "../ops/crossEntropy.js";
import { createStack, forward, layersOf, type Stack } from "./stack.js";
import { loadVariables, readVariables, type VariableValues } from "./variables.js";

/**
 * A decoder-only transformer: its layers, their weights by name, and the passes through them. It owns its weights;
 * call `dispose` when done.
 */
export class Transformer {
  readonly config: ModelConfig;
  readonly stack: Stack;
  /** The trainable weights by name, in a fixed order. */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  private readonly graph: tf.LayersModel;

  /** @throws ConfigError if `config` breaks a rule. */
  constructor(config: Partial<ModelConfig> & { vocabSize: number }, { seed = 1337 }: { seed?: number } = {}) {
    this.config = modelConfig(config);
    this.stack = createStack(this.config, seed);
    this.graph = symbolicModel(this.stack); // builds the layers too, so that tfjs saves each weight under its layer's name
    this.weights = weightsByName(this.stack);
  }

  /**
   * Logits for every next token. In: `ids` `[B, T]` int32 with `T <= contextLength`. Out: `[B, T, V]`.
   *
   * @throws DataError if the input is longer than the context.
   */
  logits(ids: tf.Tensor2D, context: CallContext = {}): tf.Tensor3D {
    const { contextLength } = this.config;
    if (ids.shape[1] > contextLength) {
      throw new DataError(
        `input must fit the context of ${contextLength} tokens: got ${ids.shape[1]} (give the model its last ${contextLength})`,
      );
    }
    return tf.tidy(() =>
      forward<tf.Tensor>(this.stack, ids, {
        apply: (layer, x) => layer.call(x, context as never) as tf.Tensor,
        at: context.tap && ((layer, point, x) => tapped(context, layer, point, x)),
        add: (a, b) => a.add(b),
        last: context.lastOnly ? (x) => x.slice([0, x.shape[1]! - 1, 0], [-1, 1, -1]) : undefined,
      }),
    ) as tf.Tensor3D;
  }

  /**
   * Cross-entropy of each target, in nats. In: `ids` and `targets` `[B, T]` int32. Out: `[B * T]`.
   * The batch is worked on in parts that do not wait for each other.
   */
  losses(ids: tf.Tensor2D, targets: tf.Tensor2D, context: CallContext = {}): tf.Tensor1D {
    const sizes = batchParts(ids.shape[0]);
    if (sizes.length === 1) return this.partLosses(ids, targets, context);
    return tf.tidy(() => {
      const [idParts, targetParts] = [ids, targets].map((all) => tf.split(all, sizes)) as [
        tf.Tensor2D[],
        tf.Tensor2D[],
      ];
      let firstRow = 0;
      return tf.concat(
        idParts.map((part, i) => {
          const losses = this.partLosses(part, targetParts[i]!, { ...context, firstRow });
          firstRow += part.shape[0];
          return losses;
        }),
      );
    });
  }

  private partLosses(ids: tf.Tensor2D, targets: tf.Tensor2D, context: CallContext): tf.Tensor1D {
    return tf.tidy(() => {
      const logits = this.logits(ids, context);
      return crossEntropy(logits.reshape([-1, this.config.vocabSize]), targets.flatten() as tf.Tensor1D);
    });
  }

  /**
   * The same layers and weights as a `tf.LayersModel`, for `summary()` and for tfjs's own save and load.
   * Dispose this model, not it: tfjs would forget the weight of a tied output.
   */
  symbolic(): tf.LayersModel {
    return this.graph;
  }

  /** Copies of all weights, as plain numbers. */
  read(): Map<string, { shape: number[]; data: Float32Array }> {
    return readVariables(this.weights);
  }

  /** Replaces all weights. @throws CheckpointError naming a weight that is missing, unknown or of another shape. */
  load(values: VariableValues): void {
    loadVariables(this.weights, values);
  }

  dispose(): void {
    for (const weight of this.weights.values()) weight.dispose();
  }
}

function symbolicModel(stack: Stack): tf.LayersModel {
  const ids = tf.input({ shape: [null], dtype: "int32", name: "ids" });
  const logits = forward<tf.SymbolicTensor>(stack, ids, {
    apply: (layer, x) => layer.apply(x) as tf.SymbolicTensor,
    add: (a, b) => tf.layers.add().apply([a, b]) as tf.SymbolicTensor,
  });
  return tf.model({ inputs: ids, outputs: logits, name: "heed" });
}

function weightsByName(stack: Stack): Map<string, tf.Variable> {
  const entries = layersOf(stack).flatMap((layer) =>
    [...layer.variables].map(([name, variable]) => [`${layer.name}.${name}`, variable] as const),
  );
  return new Map(entries);
}
