import * as tf from "@tensorflow/tfjs";
import { compile, type Tensors } from "../compile/compile.js";
import { repeat } from "../compile/repeat.js";
import type { Transformer } from "../model/transformer.js";
import type { Choice } from "./filters.js";
import {
  type ChoiceKind,
  choiceKind,
  chooseInGraph,
  packChoice,
  penalizeInGraph,
  unpackChoice,
} from "./graphChoice.js";
import type { KvCache } from "./kvCache.js";

/** The most tokens that a call reads and writes, and the most noise numbers that it takes for them. */
const mostTokens = 32;
const mostNoise = 2 ** 18;

/** How many graphs to keep: one per kind of choice, within the context and beyond it. */
const mostLoops = 8;

/** Written in place of a token where the logits are not finite numbers. */
export const noChoice = -1;

/** The input of a call. */
export interface Passage {
  /** The tokens to read: for `extend` those that are not in the cache yet, for `slide` the last ones that fit. */
  read: readonly number[];
  /** How many tokens to write after them. */
  count: number;
  /** Noise for each token to write, `[count, V]`. */
  noise: Float32Array;
  /** Tokens that a penalty makes less likely. */
  seen: Iterable<number>;
  choice: Choice;
}

type Loop = ((inputs: Tensors) => { written: tf.Tensor }) & { dispose?(): void };

/** Writes several tokens per call: the graph computes the logits, chooses a token, and continues with it. */
export class GraphWriter {
  /** The most tokens that a call reads and writes; fewer for a larger vocabulary. */
  readonly most: number;
  private readonly loops = new Map<string, Loop>();
  private readonly token: tf.Variable;
  private readonly window: tf.Variable;
  private readonly written: tf.Variable;
  private readonly seen: tf.Variable;

  constructor(
    private readonly model: Transformer,
    private readonly cache: KvCache,
    private readonly options: { compiled: boolean; xla: boolean },
  ) {
    const { vocabSize, contextLength } = model.config;
    this.most = Math.max(1, Math.min(mostTokens, Math.floor(mostNoise / vocabSize)));
    const zeros = (shape: number[], dtype: "int32" | "float32" = "int32") =>
      tf.tidy(() => tf.variable(tf.zeros(shape, dtype), false));
    this.token = zeros([1, 1]);
    this.window = zeros([1, contextLength]);
    this.written = zeros([this.most]);
    this.seen = zeros([vocabSize], "float32");
  }

  /** Continues at `position`, with earlier tokens in the cache. */
  extend(passage: Passage, position: number): number[] {
    const { read, count } = passage;
    const turns = read.length - 1 + count;
    const tokens = new Int32Array(this.most);
    tokens.set(read);
    return tf.tidy(() => {
      const about = { position: tf.scalar(position, "int32"), given: tf.scalar(read.length, "int32") };
      return this.run("extend", passage, { turns, inputs: { ...about, tokens: tf.tensor1d(tokens, "int32") } });
    });
  }

  /** Writes each token after a full pass over the last `contextLength` tokens. */
  slide(passage: Passage): number[] {
    return tf.tidy(() => {
      const window = tf.tensor2d([...passage.read], [1, passage.read.length], "int32");
      return this.run("slide", passage, { turns: passage.count, inputs: { window } });
    });
  }

  /** Whether there is a graph for `choice` already. */
  isReady(how: "extend" | "slide", choice: Choice): boolean {
    return this.loops.has(loopKey(how, choiceKind(choice, this.model.config.vocabSize)));
  }

  private run(
    how: "extend" | "slide",
    { noise, count, seen, choice }: Passage,
    { turns, inputs }: { turns: number; inputs: Tensors },
  ): number[] {
    const { vocabSize } = this.model.config;
    const kind = choiceKind(choice, vocabSize);
    const all: Tensors = { ...inputs, turns: tf.scalar(turns, "int32"), numbers: tf.tensor1d(packChoice(choice)) };
    if (!kind.greedy) {
      const rows = new Float32Array(this.most * vocabSize);
      rows.set(noise, (turns - count) * vocabSize); // choices made while the graph still reads are ignored
      all.noise = tf.tensor2d(rows, [this.most, vocabSize]);
    }
    if (kind.penalizes) {
      const marks = new Float32Array(vocabSize);
      for (const id of seen) marks[id] = 1;
      all.seen = tf.tensor1d(marks);
    }
    const written = this.loop(how, kind)(all).written.dataSync();
    return Array.from(written.slice(turns - count, turns));
  }

  private loop(how: "extend" | "slide", kind: ChoiceKind): Loop {
    const key = loopKey(how, kind);
    let loop = this.loops.get(key);
    if (!loop) {
      const fn = how === "extend" ? this.extending(kind) : this.sliding(kind);
      loop = this.options.compiled ? compile(fn, { xla: this.options.xla }) : fn;
      if (this.loops.size === mostLoops) this.drop(this.loops.keys().next().value!);
      this.loops.set(key, loop);
    }
    return loop;
  }

  private extending(kind: ChoiceKind) {
    return ({ tokens, position, given, turns, ...choice }: Tensors) => {
      this.begin(choice);
      this.token.assign(tokens!.slice([0], [1]).reshape([1, 1]));
      repeat(turns as tf.Scalar, (turn) => {
        const cache = this.cache.extending(position!.add(turn));
        const logits = this.model.logits(this.token as unknown as tf.Tensor2D, { cache }).flatten();
        const next = turn.add(tf.scalar(1, "int32"));
        const isNew = next.greaterEqual(given!);
        const id = this.choose(logits, choice, { kind, turn, isNew });
        const known = tokens!.gather(next.minimum(tf.scalar(this.most - 1, "int32")));
        this.token.assign(tf.where(isNew, id, known).reshape([1, 1]));
      });
      return { written: this.written.clone() as tf.Tensor };
    };
  }

  private sliding(kind: ChoiceKind) {
    return ({ window, turns, ...choice }: Tensors) => {
      this.begin(choice);
      this.window.assign(window!);
      const write = (turn: tf.Scalar) => {
        const ids = this.window as unknown as tf.Tensor2D;
        const logits = this.model.logits(ids, { lastOnly: true }).flatten();
        const id = this.choose(logits, choice, { kind, turn });
        this.window.assign(tf.concat([ids.slice([0, 1]), id.reshape([1, 1])], 1));
      };
      repeat(turns as tf.Scalar, write, { long: true });
      return { written: this.written.clone() as tf.Tensor };
    };
  }

  private begin({ seen }: Tensors): void {
    if (seen) this.seen.assign(seen);
  }

  /** Chooses a token and stores it. */
  private choose(
    logits: tf.Tensor,
    { numbers, noise }: Tensors,
    { kind, turn, isNew }: { kind: ChoiceKind; turn: tf.Scalar; isNew?: tf.Tensor },
  ): tf.Scalar {
    const { vocabSize } = this.model.config;
    const choice = unpackChoice(numbers as tf.Tensor1D);
    const known = this.seen as unknown as tf.Tensor1D;
    const scores = kind.penalizes ? penalizeInGraph(logits as tf.Tensor1D, known, choice.penalty) : logits;
    const row = noise?.gather(turn) as tf.Tensor1D | undefined;
    const id = chooseInGraph(scores as tf.Tensor1D, row, kind, choice);
    const isNumber = logits.sum().mul(0).equal(0); // 0 times infinity is NaN
    const written = tf.where(isNumber, id, tf.scalar(noChoice, "int32"));
    this.written.assign(tf.where(tf.range(0, this.most, 1, "int32").equal(turn), written, this.written as tf.Tensor));
    if (kind.penalizes) {
      const isIt = tf.range(0, vocabSize, 1, "int32").equal(id);
      this.seen.assign(known.maximum((isNew ? isIt.logicalAnd(isNew) : isIt).cast("float32")));
    }
    return id;
  }

  private drop(key: string): void {
    this.loops.get(key)!.dispose?.();
    this.loops.delete(key);
  }

  dispose(): void {
    for (const key of [...this.loops.keys()]) this.drop(key);
    tf.dispose([this.token, this.window, this.written, this.seen]);
  }
}

const loopKey = (how: "extend" | "slide", kind: ChoiceKind): string => how + JSON.stringify(kind);
