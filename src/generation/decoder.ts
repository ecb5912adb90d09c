import * as tf from "@tensorflow/tfjs";
import { compile } from "../backends/compile/compile.js";
import type { Transformer } from "../model/transformer.js";
import { KvCache } from "./kvCache.js";

/**
 * Works out a sequence token by token: each new token is worked out alone, with the keys and values of those before it
 * in a cache. Beyond the context every token has another position, so the whole window is worked out anew, and the
 * answer is that of the last `contextLength` tokens. Call `dispose` when done.
 */
export class Decoder {
  private readonly cache: KvCache;
  private readonly step;
  private readonly window;
  private ids: number[] = [];

  constructor(
    private readonly model: Transformer,
    { compiled = true }: { compiled?: boolean } = {},
  ) {
    this.cache = new KvCache(model.config);
    const build: typeof compile = compiled ? compile : (fn) => fn as never;
    this.step = build(({ id, position }: { id: tf.Tensor2D; position: tf.Scalar }) => {
      const logits = model.logits(id, { cache: this.cache.extending(position) }); // [1, 1, V]
      return { logits: logits.flatten() };
    });
    this.window = build(({ ids }: { ids: tf.Tensor2D }) => {
      const logits = model.logits(ids); // [1, T, V]
      return { logits: logits.slice([0, ids.shape[1] - 1, 0], [1, 1, -1]).flatten() };
    });
  }

  /** Begins a sequence with `ids`, at least one; answers the logits of the next token, `[V]`. */
  start(ids: readonly number[]): Float32Array {
    const { contextLength } = this.model.config;
    this.ids = [...ids];
    if (ids.length > contextLength) return this.slide();
    const padded = [...ids, ...new Array<number>(contextLength - ids.length).fill(0)];
    return tf.tidy(() => {
      const tokens = tf.tensor2d(padded, [1, contextLength], "int32");
      const logits = this.model.logits(tokens, { cache: this.cache.filling() }); // [1, T, V]
      return logits.slice([0, ids.length - 1, 0], [1, 1, -1]).dataSync() as Float32Array;
    });
  }

  /** Goes on with the token `id`; answers the logits of the next one, `[V]`. */
  next(id: number): Float32Array {
    this.ids.push(id);
    if (this.ids.length > this.model.config.contextLength) return this.slide();
    return tf.tidy(() => {
      const position = tf.scalar(this.ids.length - 1, "int32");
      return this.step({ id: tf.tensor2d([[id]], [1, 1], "int32"), position }).logits.dataSync() as Float32Array;
    });
  }

  private slide(): Float32Array {
    const { contextLength } = this.model.config;
    this.ids = this.ids.slice(-contextLength - 1); // one more than fits, so that the next call slides too
    const seen = this.ids.slice(-contextLength);
    return tf.tidy(
      () => this.window({ ids: tf.tensor2d([seen], undefined, "int32") }).logits.dataSync() as Float32Array,
    );
  }

  dispose(): void {
    this.step.dispose?.();
    this.window.dispose?.();
    this.cache.dispose();
  }
}
