import { ratioError } from "../core/statistics.js";
import { cosine } from "../core/vectors.js";
import type { Transformer } from "../model/transformer.js";
import { capture } from "./capture.js";
import { type Place, placeName } from "./places.js";
import { batchesOf } from "./readAttention.js";

/** A word with several meanings, where a text has it. */
export interface WordOccurrence {
  word: string;
  /** Which of its meanings it has here. */
  sense: string;
  /** Index of the text. */
  text: number;
  /** The token at which the word ends: its vectors stand for the word. */
  token: number;
}

/**
 * What stands for a word. `one-hot`: which token it is, and nothing else. `static`: its embedding, the same wherever it
 * stands. `position`: the embedding and its position. `layer`: the residual stream after that layer.
 */
export interface VectorKind {
  kind: "one-hot" | "static" | "position" | "layer";
  /** From 0; of `layer` alone. */
  layer?: number;
}

/** How well vectors of one kind tell the meanings of words apart. */
export interface SenseAccuracy extends VectorKind {
  /** Share of all occurrences whose meaning is found. */
  accuracy: number;
  /** Of the accuracy, from sums over texts. */
  standardError: number;
  /** The accuracy of each word, in the order of `words`. */
  byWord: number[];
}

export interface SenseScores {
  /** Texts that have such words, and how often they have them. */
  texts: number;
  occurrences: number;
  /** The accuracy of answering each word's most frequent meaning. */
  chance: number;
  words: { word: string; senses: { sense: string; occurrences: number }[]; chance: number }[];
  vectors: SenseAccuracy[];
}

/** Two similarities that differ by less are equal: those of one vector with its mean, but for rounding. */
const rounding = 1e-9;

/**
 * How well the meanings of words can be told apart by their vectors, with and without context. Each occurrence is
 * answered by the nearest centroid: the sense whose mean vector has the highest cosine with its vector. Means are those
 * of all other texts, so that no word is judged by its own story. Where senses are equally near, as they are for vectors
 * that are always the same, the answer is the word's most frequent sense, so that these vectors are right by chance alone.
 *
 * Senses found in a single text are left out, and so are words with a single sense. Undefined where no word is left.
 */
export function senseScores(
  model: Transformer,
  texts: readonly ArrayLike<number>[],
  occurrences: readonly WordOccurrence[],
): SenseScores | undefined {
  const asked = judged(occurrences);
  if (asked.length === 0) return undefined;
  const words = [...new Set(asked.map(({ word }) => word))].sort();
  const of = (word: string) => asked.filter((one) => one.word === word);
  const counts = words.map((word) => sensesOf(of(word)));
  const most = counts.map((senses) => senses[0]!.occurrences);
  const vectors = wordVectors(model, texts, asked).map(({ vectors, ...kind }) => {
    const right = rightAnswers(asked, vectors);
    const share = (all: readonly boolean[]) => all.filter(Boolean).length / all.length;
    const byText = [...new Set(asked.map(({ text }) => text))].map((text) =>
      right.filter((_, i) => asked[i]!.text === text),
    );
    const blocks = byText.map((its) => ({ amount: its.filter(Boolean).length, size: its.length }));
    return {
      ...kind,
      accuracy: share(right),
      standardError: ratioError(blocks)!,
      byWord: words.map((word) => share(right.filter((_, i) => asked[i]!.word === word))),
    };
  });
  return {
    texts: new Set(asked.map(({ text }) => text)).size,
    occurrences: asked.length,
    chance: most.reduce((sum, count) => sum + count, 0) / asked.length,
    words: words.map((word, w) => ({ word, senses: counts[w]!, chance: most[w]! / of(word).length })),
    vectors,
  };
}

/** The occurrences of senses that more than one text has, of words with more than one of them. */
function judged(occurrences: readonly WordOccurrence[]): WordOccurrence[] {
  const textsOf = (one: WordOccurrence) =>
    new Set(occurrences.filter((o) => o.word === one.word && o.sense === one.sense).map(({ text }) => text));
  const repeated = occurrences.filter((one) => textsOf(one).size > 1);
  return repeated.filter((one) => repeated.some((o) => o.word === one.word && o.sense !== one.sense));
}

/** The senses of one word, the most frequent first. */
function sensesOf(occurrences: readonly WordOccurrence[]): { sense: string; occurrences: number }[] {
  const counts = new Map<string, number>();
  for (const { sense } of occurrences) counts.set(sense, (counts.get(sense) ?? 0) + 1);
  const senses = [...counts].map(([sense, occurrences]) => ({ sense, occurrences }));
  return senses.sort((a, b) => b.occurrences - a.occurrences || (a.sense < b.sense ? -1 : 1));
}

/** Whether the nearest centroid of each occurrence is that of its sense. */
function rightAnswers(occurrences: readonly WordOccurrence[], vectors: readonly Float32Array[]): boolean[] {
  return occurrences.map(({ word, sense, text }, i) => {
    const ofWord = [...occurrences.keys()].filter((j) => occurrences[j]!.word === word);
    const near = sensesOf(ofWord.map((j) => occurrences[j]!)).map((candidate) => {
      const others = ofWord.filter((j) => occurrences[j]!.sense === candidate.sense && occurrences[j]!.text !== text);
      return { sense: candidate.sense, cosine: cosine(vectors[i]!, meanVector(others.map((j) => vectors[j]!))) };
    });
    const best = Math.max(...near.map((each) => each.cosine));
    return near.find((each) => each.cosine > best - rounding)!.sense === sense;
  });
}

function meanVector(vectors: readonly Float32Array[]): Float64Array {
  const mean = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) for (let i = 0; i < mean.length; i++) mean[i]! += vector[i]! / vectors.length;
  return mean;
}

/** The vectors of each occurrence, kind by kind in the order of the pass; one-hot ones have a component a token met. */
export function wordVectors(
  model: Transformer,
  texts: readonly ArrayLike<number>[],
  occurrences: readonly WordOccurrence[],
): (VectorKind & { vectors: Float32Array[] })[] {
  const { numLayers, positions, hiddenDim } = model.config;
  const places: (VectorKind & { at: Place })[] = [
    { kind: "static", at: { layer: "tokens", point: "output" } },
    ...(positions === "none" ? [] : [{ kind: "position", at: { layer: "positions", point: "output" } } as const]),
    ...Array.from({ length: numLayers }, (_, layer) => {
      return { kind: "layer", layer, at: { layer: `blocks.${layer}.feedForward`, point: "residual" } } as const;
    }),
  ];
  const kept = places.map(({ at, ...kind }) => ({ ...kind, at, vectors: new Array<Float32Array>(occurrences.length) }));
  const wanted = new Set(places.map(({ at }) => placeName(at)));
  for (const { from, rows } of batchesOf(texts)) {
    const captured = capture(model, rows, { at: (place) => wanted.has(placeName(place)) });
    const length = rows[0]!.length;
    occurrences.forEach(({ text, token }, i) => {
      if (text < from || text >= from + rows.length) return;
      const start = ((text - from) * length + token) * hiddenDim;
      for (const { at, vectors } of kept) {
        vectors[i] = captured.at(at.layer, at.point).values.slice(start, start + hiddenDim); // of [B, T, C]
      }
    });
  }
  const tokens = occurrences.map(({ text, token }) => texts[text]![token]!);
  const met = [...new Set(tokens)];
  const oneHot = tokens.map((id) => Float32Array.from(met, (other) => (other === id ? 1 : 0)));
  return [{ kind: "one-hot", vectors: oneHot }, ...kept.map(({ at, ...rest }) => rest)];
}
