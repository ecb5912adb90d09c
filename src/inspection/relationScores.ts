import * as tf from "@tensorflow/tfjs";
import { mean } from "../core/statistics.js";
import { type BySeed, difference, type Judged, judge, type Verdict } from "../core/tTests.js";
import type { CallContext } from "../layers/context.js";
import type { Transformer } from "../model/transformer.js";
import { capture, type Intervention, onlyPoints } from "./capture.js";
import { ablateHead } from "./interventions.js";
import { batchesOf, readAttention, textBatch } from "./readAttention.js";

/** A stretch of tokens: the first and the last. */
export type TokenSpan = readonly [first: number, last: number];

/** Two words of a text that belong together, as tokens. */
export interface TokenPair {
  /** Their relation: "pronoun". */
  kind: string;
  /** What depends on the other: "she". */
  from: TokenSpan;
  /** What it depends on: "Hanna". */
  to: TokenSpan;
}

/** A text of 2 to `contextLength` tokens, and which of its words belong together. */
export interface RelatedText {
  ids: ArrayLike<number>;
  pairs: readonly TokenPair[];
}

/** What is asked of every head: does the row of a word give weight to the word that belongs to it? */
export interface RelationQuestion {
  /** Of the relation, as the corpus names it: "pronoun". */
  kind: string;
  /** Which of its two words comes later. It alone can look at the other, so the row is its. */
  reader: "from" | "to";
  /** `word`: the row of its last token. `before`: the row of the token before it, from which the model predicts it. */
  row: "word" | "before";
}

/** A question, and how often the texts put it. */
export interface AskedQuestion extends RelationQuestion {
  places: number;
  /** Texts that have such places. */
  texts: number;
}

/** A mean over texts with its 95% t-interval, `mean ± halfWidth`; `clear` holds against all that are asked together (Holm). */
export interface JudgedMean {
  mean: number;
  halfWidth: number;
  verdict: Verdict;
}

/** The answer of one head to a question. */
export interface HeadRelation extends RelationQuestion {
  /** Share of the row that goes to the other word; like all numbers here a mean over texts of the mean over their places. */
  share: number;
  /** What it would be if the head went by distance alone. */
  baseline: number;
  /** `share - baseline` */
  above: JudgedMean;
  /** By how much the loss of the row's next token grows, in nats, where the head gives its mean output instead. */
  ablation: {
    /** At the rows of this question. */
    here: number;
    /** At all other rows of the same texts. */
    elsewhere: number;
    /** `here - elsewhere` */
    difference: JudgedMean;
  };
  /** Whether both `above` and `ablation.difference` are above 0 and clear. */
  found: boolean;
}

/** Answers to all questions, of all heads layer by layer. */
export interface RelationScores {
  questions: AskedQuestion[];
  /** A list a head, with an answer a question. */
  heads: HeadRelation[][];
}

/** The label of a head with no relation found. */
export const noneFound = "none found";

/** A question that fewer texts put is left out: too few to judge by. */
const leastTexts = 10;

export interface RelationOptions {
  /** Called with how many texts are read, of all readings of them; what it returns is waited for. */
  onProgress?: (done: number, total: number) => void | Promise<void>;
}

/**
 * Which relations between words the heads of a model have found. With `a[t, s]` for a head's weights, a place is a row
 * `t` and the tokens `S` of the other word:
 *
 *     share    = Σ a[t, s] over s in S
 *     baseline = Σ m(t - s) over s in S
 *
 * `m(d)` is the mean of `a[t, t - d]` over all rows of all texts. The first token, at which many heads look when they
 * have nothing to look for, has a mean of its own: for `s = 0`, that of `a[d, 0]`.
 *
 * A head has found a relation only if two things are clear. Its share is above the baseline; and the loss of the tokens
 * that the model predicts from these rows grows by more than that of others when the head is ablated, which means that
 * its output is its mean over all tokens. Both are differences paired by text, with t-tests; `clear` is what Holm's
 * method keeps of all heads and questions.
 */
export async function relationScores(
  model: Transformer,
  texts: readonly RelatedText[],
  { onProgress }: RelationOptions = {},
): Promise<RelationScores> {
  const asked = questionsOf(texts);
  const { numLayers, numHeads } = model.config;
  const ids = texts.map((text) => text.ids);
  const heads = Array.from({ length: numLayers * numHeads }, (_, i) => i);
  if (asked.length === 0) return { questions: [], heads: heads.map(() => []) };
  const readings = heads.length + 3;
  const report = async (done: number) => onProgress?.(done * texts.length, readings * texts.length);

  const shares = sharesOf(model, ids, asked);
  await report(1);
  const means = meanOutputs(model, ids);
  await report(2);
  const whole = lossesOf(model, ids);
  await report(3);
  const growths: Growth[][] = [];
  for (const i of heads) {
    const ablated = lossesOf(model, ids, ablateHead(Math.floor(i / numHeads), i % numHeads, means[i]));
    growths.push(asked.map((each) => growthOf(each, ablated, whole)));
    await report(4 + i);
  }
  return { questions: asked.map(summaryOf), heads: answersOf(asked, shares, growths) };
}

/** A row, and the tokens of the word that belongs to the row's word. */
interface Place {
  t: number;
  columns: Set<number>;
}

/** A question with its places, by text. */
interface Asked {
  question: RelationQuestion;
  places: Map<number, Place[]>;
}

/** The questions that enough texts put. */
function questionsOf(texts: readonly RelatedText[]): Asked[] {
  const all = new Map<string, Asked>();
  texts.forEach(({ ids, pairs }, text) => {
    for (const [question, { t, columns }] of pairs.flatMap(placesOfPair)) {
      if (t >= ids.length - 1) continue; // nothing is predicted from a text's last token
      const name = Object.values(question).join();
      const { places } = all.get(name) ?? all.set(name, { question, places: new Map() }).get(name)!;
      const here = places.get(text) ?? [];
      places.set(text, here);
      const same = here.find((place) => place.t === t);
      if (!same) here.push({ t, columns });
      else for (const s of columns) same.columns.add(s); // "they" are two people
    }
  });
  return [...all.values()].filter(({ places }) => places.size >= leastTexts);
}

/** What a pair of words asks, and where. */
function placesOfPair({ kind, from, to }: TokenPair): [RelationQuestion, Place][] {
  if (from[0] <= to[1] && to[0] <= from[1]) return []; // one is part of the other
  const reader = from[0] > to[1] ? "from" : "to";
  const [later, [first, last]] = reader === "from" ? [from, to] : [to, from];
  const columns = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return [
    [
      { kind, reader, row: "word" },
      { t: later[1], columns: new Set(columns) },
    ],
    [
      { kind, reader, row: "before" },
      { t: later[0] - 1, columns: new Set(columns) },
    ],
  ];
}

function summaryOf({ question, places }: Asked): AskedQuestion {
  return { ...question, places: [...places.values()].flat().length, texts: places.size };
}

/** The share of each place's row, and its baseline, of a head: means over each text's places. */
interface Shares {
  share: BySeed;
  baseline: BySeed;
}

/** For each head, for each question. */
function sharesOf(model: Transformer, texts: readonly ArrayLike<number>[], asked: readonly Asked[]): Shares[][] {
  const { numLayers, numHeads } = model.config;
  const heads = Array.from({ length: numLayers * numHeads }, () => ({
    habits: new DistanceHabits(),
    shares: asked.map(() => new Map<number, number>()),
  }));
  for (const { text, layer, head, row } of readAttention(model, texts)) {
    const { habits, shares } = heads[layer * numHeads + head]!;
    habits.add(texts[text]!.length, row);
    asked.forEach(({ places }, q) => {
      const here = places.get(text);
      if (here) shares[q]!.set(text, mean(here.map(({ t, columns }) => sum(columns, (s) => row(t)[s]!))));
    });
  }
  return heads.map(({ habits, shares }) =>
    asked.map(({ places }, q) => ({
      share: shares[q]!,
      baseline: new Map(
        [...places].map(([text, here]) => [
          text,
          mean(here.map(({ t, columns }) => sum(columns, (s) => habits.weight(t, s)))),
        ]),
      ),
    })),
  );
}

/** The mean weight that a head gives at each distance. */
class DistanceHabits {
  /** By distance, of tokens that are not the first of their text, and of those that are. */
  private readonly others = { sums: [] as number[], rows: [] as number[] };
  private readonly firsts = { sums: [] as number[], rows: [] as number[] };

  add(length: number, row: (t: number) => ArrayLike<number>): void {
    for (let t = 0; t < length; t++) {
      const weights = row(t);
      for (let s = 0; s <= t; s++) {
        const { sums, rows } = s === 0 ? this.firsts : this.others;
        sums[t - s] = (sums[t - s] ?? 0) + weights[s]!;
        rows[t - s] = (rows[t - s] ?? 0) + 1;
      }
    }
  }

  /** What the row of `t` would give to `s`. */
  weight(t: number, s: number): number {
    const { sums, rows } = s === 0 ? this.firsts : this.others;
    return sums[t - s]! / rows[t - s]!;
  }
}

/** Each head's mean output over all tokens, `[D]`. */
function meanOutputs(model: Transformer, texts: readonly ArrayLike<number>[]): Float32Array[] {
  const { numLayers, numHeads, hiddenDim } = model.config;
  const width = hiddenDim / numHeads;
  const tokens = sum(texts, ({ length }) => length);
  const means = Array.from({ length: numLayers * numHeads }, () => new Float32Array(width));
  for (const { from, rows } of batchesOf(texts)) {
    const captured = capture(model, rows, { at: onlyPoints("headOutputs") });
    means.forEach((total, i) => {
      const { values } = captured.at(`blocks.${Math.floor(i / numHeads)}.attention`, "headOutputs"); // [B, H, T, D]
      rows.forEach(({ length }, b) => {
        const start = (b * numHeads + (i % numHeads)) * length * width;
        for (let j = 0; j < texts[from + b]!.length * width; j++) total[j % width]! += values[start + j]! / tokens;
      });
    });
  }
  return means;
}

/** The most logits that are worked out at a time: 128 MiB of them. */
const mostLogits = 2 ** 25;

/** For each text, the loss in nats of the token after each but the last, `[T - 1]`. */
function lossesOf(
  model: Transformer,
  texts: readonly ArrayLike<number>[],
  intervention?: Intervention,
): Float32Array[] {
  const longest = Math.max(...texts.map(({ length }) => length));
  const size = Math.max(1, Math.min(textBatch, Math.floor(mostLogits / (longest * model.config.vocabSize))));
  const tap: CallContext["tap"] = (layer, point, value) =>
    intervention?.layer === layer && intervention.point === point ? intervention.change(value) : value;
  return [...batchesOf(texts, size)].flatMap(({ from, rows }) => {
    const length = rows[0]!.length;
    const losses = tf.tidy(() => {
      const ids = tf.tensor2d(
        rows.flatMap((row) => [...row]),
        [rows.length, length],
        "int32",
      );
      const targets = ids.slice([0, 1], [-1, length - 1]);
      const inputs = ids.slice([0, 0], [-1, length - 1]);
      return model.losses(inputs, targets, { tap }).dataSync() as Float32Array;
    });
    return rows.map((_, b) => losses.slice(b * (length - 1), b * (length - 1) + texts[from + b]!.length - 1));
  });
}

/** By how much losses grow at the rows of a question, and at other rows: means over each text's. */
interface Growth {
  here: BySeed;
  elsewhere: BySeed;
}

function growthOf({ places }: Asked, ablated: readonly Float32Array[], whole: readonly Float32Array[]): Growth {
  const [here, elsewhere] = [new Map<number, number>(), new Map<number, number>()];
  for (const [text, its] of places) {
    const rows = new Set(its.map(({ t }) => t));
    const growth = Array.from(ablated[text]!, (loss, t) => loss - whole[text]![t]!);
    here.set(text, mean(growth.filter((_, t) => rows.has(t))));
    elsewhere.set(text, mean(growth.filter((_, t) => !rows.has(t))));
  }
  return { here, elsewhere };
}

/** All that was measured, judged together. */
function answersOf(asked: readonly Asked[], shares: Shares[][], growths: Growth[][]): HeadRelation[][] {
  const above = judge(shares.flat().map(({ share, baseline }) => difference(share, baseline)!));
  const more = judge(growths.flat().map(({ here, elsewhere }) => difference(here, elsewhere)!));
  return shares.map((ofHead, head) =>
    asked.map(({ question }, q) => {
      const [{ share, baseline }, { here, elsewhere }] = [ofHead[q]!, growths[head]![q]!];
      const [aboveBaseline, moreHere] = [above, more].map((all) => all[head * asked.length + q]!) as [Judged, Judged];
      return {
        ...question,
        share: meanOf(share),
        baseline: meanOf(baseline),
        above: judgedMean(aboveBaseline),
        ablation: { here: meanOf(here), elsewhere: meanOf(elsewhere), difference: judgedMean(moreHere) },
        found: [aboveBaseline, moreHere].every((each) => each.mean > 0 && each.verdict === "clear"),
      };
    }),
  );
}

function judgedMean({ mean, halfWidth, verdict }: Judged): JudgedMean {
  return { mean, halfWidth, verdict };
}

const meanOf = (byText: BySeed): number => mean([...byText.values()]);

function sum<T>(items: Iterable<T>, value: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += value(item);
  return total;
}
