import { Random } from "../core/random.js";
import type { Transformer } from "../model/transformer.js";
import { readAttention } from "./readAttention.js";

/**
 * What a head looks at, as means over rows of its attention weights. With `a[t, s]` for the weight that the token at `t`
 * gives to the one at `s`, over rows `t ≥ 1` (the first token has nothing to choose from):
 */
export interface AttentionScores {
  /** `a[t, t - 1]` */
  previousToken: number;
  /** `a[t, 0]` */
  firstToken: number;
  /** `Σ a[t, s]` over `s < t` with the same token as `t`, over the rows that have one; undefined without such rows. */
  duplicateToken?: number;
  /** `-Σ a[t, s] log2 a[t, s]`, in bits. */
  entropy: number;
  /** The entropy by the most that the row could have, `log2(t + 1)`: 1 looks at all alike, 0 at one token alone. */
  entropyShare: number;
  /** `Σ a[t, s] (t - s)`, in tokens. */
  meanDistance: number;
}

/** The scores of one head of a model. */
export interface HeadScores extends AttentionScores {
  layer: number;
  head: number;
  /**
   * On random tokens that are then repeated, `x[0..n-1] x[0..n-1]`: `a[n + i, i + 1]`, the weight that a token gives to
   * the one after its earlier occurrence, over the second half.
   *
   * @see Olsson et al. 2022, https://arxiv.org/abs/2209.11895
   */
  induction: number;
}

export interface HeadScoreOptions {
  /** Seed of the random tokens. @default 1337 */
  seed?: number;
  /** Called with how many texts are read, of all. */
  onProgress?: (done: number, total: number) => void;
}

/** Texts of random tokens that a model is given, and the most tokens that each repeats. */
const repeatedTexts = 8;
const longestRepeated = 50;

/**
 * Scores of every head, layer by layer, as means over all rows of all texts.
 *
 * @param texts token ids, 2 to `contextLength` in each
 */
export function headScores(
  model: Transformer,
  texts: readonly ArrayLike<number>[],
  { seed = 1337, onProgress }: HeadScoreOptions = {},
): HeadScores[] {
  const { numLayers, numHeads } = model.config;
  const repeated = repeatedTokens(model.config, seed);
  const total = texts.length + repeated.length;
  const tallies = Array.from({ length: numLayers * numHeads }, () => new Tally());
  for (const { text, layer, head, row } of readAttention(model, texts, (done) => onProgress?.(done, total))) {
    tallies[layer * numHeads + head]!.add(texts[text]!, row);
  }
  const half = repeated[0]!.length / 2;
  const induction = new Float64Array(tallies.length);
  for (const { layer, head, row } of readAttention(model, repeated, (done) =>
    onProgress?.(texts.length + done, total),
  )) {
    induction[layer * numHeads + head]! += inductionScore(row, half) / repeated.length;
  }
  return tallies.map((tally, i) => ({
    layer: Math.floor(i / numHeads),
    head: i % numHeads,
    ...tally.scores(),
    induction: induction[i]!,
  }));
}

/** The scores of one attention matrix: `row(t)` are the weights of the token at `t`, `[t + 1]`. */
export function scoreAttention(ids: ArrayLike<number>, row: (t: number) => ArrayLike<number>): AttentionScores {
  const tally = new Tally();
  tally.add(ids, row);
  return tally.scores();
}

/** Mean of `a[n + i, i + 1]` over `i` from 0 to `n - 1`, for a text of `n` tokens and the same `n` again. */
export function inductionScore(row: (t: number) => ArrayLike<number>, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += row(n + i)[i + 1]!;
  return sum / n;
}

/** Adds up what rows score. */
class Tally {
  private rows = 0;
  private previousToken = 0;
  private firstToken = 0;
  private repeatedRows = 0;
  private duplicateToken = 0;
  private entropy = 0;
  private entropyShare = 0;
  private meanDistance = 0;

  add(ids: ArrayLike<number>, row: (t: number) => ArrayLike<number>): void {
    for (let t = 1; t < ids.length; t++) {
      const weights = row(t);
      let [bits, same, isRepeated] = [0, 0, false];
      for (let s = 0; s <= t; s++) {
        const weight = weights[s]!;
        if (weight > 0) bits -= weight * Math.log2(weight);
        this.meanDistance += weight * (t - s);
        if (s === t || ids[s] !== ids[t]) continue;
        same += weight;
        isRepeated = true;
      }
      this.rows++;
      this.previousToken += weights[t - 1]!;
      this.firstToken += weights[0]!;
      this.entropy += bits;
      this.entropyShare += bits / Math.log2(t + 1);
      if (isRepeated) this.repeatedRows++;
      this.duplicateToken += same;
    }
  }

  scores(): AttentionScores {
    const { rows, repeatedRows } = this;
    return {
      previousToken: this.previousToken / rows,
      firstToken: this.firstToken / rows,
      ...(repeatedRows > 0 && { duplicateToken: this.duplicateToken / repeatedRows }),
      entropy: this.entropy / rows,
      entropyShare: this.entropyShare / rows,
      meanDistance: this.meanDistance / rows,
    };
  }
}

/** Texts of `n` different random tokens and the same `n` again. */
function repeatedTokens({ vocabSize, contextLength }: Transformer["config"], seed: number): Int32Array[] {
  const length = Math.min(Math.floor(contextLength / 2), longestRepeated, vocabSize);
  const random = new Random(seed, "repeated tokens");
  return Array.from({ length: repeatedTexts }, () => {
    const drawn = new Set<number>();
    while (drawn.size < length) drawn.add(random.nextInteger(vocabSize));
    return Int32Array.from([...drawn, ...drawn]);
  });
}
