import * as tf from "@tensorflow/tfjs";
import { capabilities } from "../backends/capabilities.js";
import { compile } from "../compile/compile.js";
import type { Random } from "../core/random.js";
import type { Transformer } from "../model/transformer.js";
import { type Choice, penalizeRepetition } from "./filters.js";
import { GraphWriter, noChoice } from "./graphWriter.js";
import { KvCache } from "./kvCache.js";
import { notFinite } from "./notFinite.js";
import { choose, drawNoise } from "./sampler.js";

export interface DecoderOptions {
  /** Whether steps are compiled, on backends that have graphs. @default true */
  compiled?: boolean;
  /**
   * Whether `write` chooses tokens in the graph, several per call, instead of in JavaScript, one per call.
   * @default true where steps are compiled, once enough tokens are wanted
   */
  inGraph?: boolean;
  /** Whether XLA compiles the graphs that choose tokens; that takes a second or more per graph. @default false */
  xla?: boolean;
  /** What the model is called in errors. */
  source?: string;
}

/** The forward pass to the logits of one position, `[V]`. */
interface Steps {
  /** The logits after the token `id`, `[1, 1]`, at `position`; those before it are in the cache. */
  step(inputs: { id: tf.Tensor2D; position: tf.Scalar }): { logits: tf.Tensor };
  /** The logits after `ids`, `[1, T]`. */
  window(inputs: { ids: tf.Tensor2D }): { logits: tf.Tensor };
}

/** Below this many tokens, tracing costs more than it saves. */
const fewTokens = 40;

/** How long a call that writes several tokens may take; they appear together. */
const mostMilliseconds = 30;

/**
 * Decodes a sequence token by token. Each new token is computed alone, with the keys and values of earlier tokens in a
 * cache. Beyond the context length every token has a new position, so the whole window of the last `contextLength`
 * tokens is computed again. Call `dispose` when done.
 */
export class Decoder {
  private readonly cache: KvCache;
  private readonly writer: GraphWriter | undefined;
  private readonly ops: Steps;
  private readonly steps: Steps & { dispose(): void };
  private text: number[] = [];
  /** How many tokens of the text, counted from the first, the cache holds. */
  private cached = 0;
  /** Tokens chosen in JavaScript, in all sequences. */
  private byOps = 0;
  /** Tokens to write in the next call. */
  private pace = 1;

  constructor(
    private readonly model: Transformer,
    private readonly options: DecoderOptions = {},
  ) {
    const { compiled = true, inGraph = compiled && capabilities().graphs, xla = false } = options;
    this.cache = new KvCache(model.config);
    this.writer = inGraph ? new GraphWriter(model, this.cache, { compiled, xla }) : undefined;
    this.ops = {
      step: ({ id, position }) => ({ logits: model.logits(id, { cache: this.cache.extending(position) }).flatten() }),
      window: ({ ids }) => ({ logits: model.logits(ids, { lastOnly: true }).flatten() }),
    };
    this.steps = compiled ? compiledSteps(this.ops) : { ...this.ops, dispose: () => {} };
  }

  /** The number of tokens so far. */
  get length(): number {
    return this.text.length;
  }

  /** Begins a sequence with `ids`, at least one. The part that it shares with the previous sequence is not recomputed. */
  begin(ids: readonly number[]): void {
    const other = ids.findIndex((id, i) => id !== this.text[i]);
    if (other >= 0) this.cached = Math.min(this.cached, other);
    this.text = [...ids];
    this.rewind(ids.length);
    this.pace = 1;
  }

  /** Forgets all but the first `length` tokens, at least one. */
  rewind(length: number): void {
    this.text.length = length;
    this.cached = Math.min(this.cached, length - 1); // the last one is computed again, for the logits after it
  }

  /** Begins a sequence; returns the logits of the next token, `[V]`. */
  start(ids: readonly number[]): Float32Array {
    this.begin(ids);
    return this.logits(this.steps);
  }

  /** Continues with the token `id`; returns the logits of the next one, `[V]`. */
  next(id: number): Float32Array {
    this.text.push(id);
    return this.logits(this.steps);
  }

  /**
   * Writes at least one token, at most `most`, and continues with them: one at first, then as many per call as fit in a
   * short wait. The same `random` gives the same tokens, however they are divided among calls.
   *
   * @throws CheckpointError if the model's weights are too large to compute with.
   */
  write(most: number, choice: Choice, random: Random): number[] {
    const ids = this.pays(most, choice)
      ? this.writeInGraph(this.writer!, most, { choice, random })
      : [this.chosen(choice, random)];
    this.text.push(...ids);
    return ids;
  }

  dispose(): void {
    this.steps.dispose();
    this.writer?.dispose();
    this.cache.dispose();
  }

  private get isBeyond(): boolean {
    return this.text.length > this.model.config.contextLength;
  }

  /** Whether to choose the next tokens in the graph. */
  private pays(most: number, choice: Choice): boolean {
    if (!this.writer || this.options.inGraph) return this.writer !== undefined;
    if (this.writer.isReady(this.isBeyond ? "slide" : "extend", choice)) return true;
    return this.byOps > 0 && this.byOps + most >= fewTokens; // the very first token comes without waiting for a trace
  }

  /** The logits after the text, `[V]`. */
  private logits({ step, window }: Steps): Float32Array {
    const { text } = this;
    return tf.tidy(() => {
      if (this.isBeyond) {
        const ids = tf.tensor2d([text.slice(-this.model.config.contextLength)], undefined, "int32");
        return window({ ids }).logits.dataSync() as Float32Array;
      }
      if (text.length - this.cached > 1) this.fill(text.length - 1);
      this.cached = text.length;
      const [id, position] = [tf.tensor2d([[text.at(-1)!]], [1, 1], "int32"), tf.scalar(text.length - 1, "int32")];
      return step({ id, position }).logits.dataSync() as Float32Array;
    });
  }

  /** Computes the first `length` tokens in one pass, only to fill the cache. */
  private fill(length: number): void {
    tf.tidy(() => {
      const ids = tf.tensor2d([this.text.slice(0, length)], undefined, "int32");
      this.model.logits(ids, { cache: this.cache.filling(), lastOnly: true });
    });
    this.cached = length;
  }

  /** The next token, chosen in JavaScript. */
  private chosen(choice: Choice, random: Random): number {
    this.byOps++;
    const logits = this.logits(this.writer ? this.ops : this.steps);
    if (logits.some((logit) => !Number.isFinite(logit))) throw notFinite(this.options.source);
    const noise = new Float32Array(logits.length);
    penalizeRepetition(logits, this.text, choice.repetitionPenalty);
    drawNoise(noise, choice.temperature, random);
    return choose(logits, noise, choice);
  }

  private writeInGraph(
    writer: GraphWriter,
    most: number,
    { choice, random }: { choice: Choice; random: Random },
  ): number[] {
    const { contextLength, vocabSize } = this.model.config;
    const { text, isBeyond } = this;
    if (!isBeyond && text.length - this.cached > writer.most) this.fill(text.length - 1);
    const read = isBeyond ? text.slice(-contextLength) : text.slice(this.cached);
    const readFirst = isBeyond ? 0 : read.length - 1; // turns before the first one that writes
    const room = (isBeyond ? writer.most : Math.min(writer.most, contextLength - this.cached)) - readFirst;
    const count = Math.min(most, this.pace, room);
    const noise = new Float32Array(count * vocabSize);
    drawNoise(noise, choice.temperature, random);
    const passage = { read, count, noise, seen: text, choice };
    const before = performance.now();
    const ids = isBeyond ? writer.slide(passage) : writer.extend(passage, this.cached);
    if (ids.includes(noChoice)) throw notFinite(this.options.source);
    this.pace = Math.max(1, Math.floor((mostMilliseconds * (readFirst + count)) / (performance.now() - before)));
    if (!isBeyond) this.cached += readFirst + count;
    return ids;
  }
}

function compiledSteps(ops: Steps): Steps & { dispose(): void } {
  const [step, window] = [compile(ops.step), compile(ops.window)];
  return {
    step,
    window,
    dispose: () => {
      step.dispose();
      window.dispose();
    },
  };
}
