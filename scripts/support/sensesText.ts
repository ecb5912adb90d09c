import { markdownTable } from "../../src/core/markdownTable.js";
import type { VectorKind } from "../../src/inspection/senses.js";
import type { SenseInspection } from "../../src/jobs/inspectSenses.js";
import { percent } from "./tokenText.js";

/** How well each kind of vector tells the meanings of words apart: a row a word, a column a kind. */
export function sensesText({ words, vectors, chance, occurrences, texts, data }: SenseInspection): string {
  const rows = words.map(({ word, senses, chance }, w) => [
    `${word}: ${senses.map(({ sense, occurrences }) => `${sense} ${occurrences}`).join(", ")}`,
    percent(chance),
    ...vectors.map(({ byWord }) => percent(byWord[w]!)),
  ]);
  const all = ["all", percent(chance), ...vectors.map(({ accuracy }) => percent(accuracy))];
  const errors = ["standard error", "", ...vectors.map(({ standardError }) => percent(standardError))];
  return [
    `Which meaning does a word have? Answers that are right, by its nearest centroid, for ${occurrences} words in ${texts} texts of ${data}`,
    markdownTable([["word", "chance", ...vectors.map(nameOf)], ...rows, all, errors]).join("\n"),
    "chance: always the most frequent meaning; one-hot and static vectors are the same everywhere. A centroid is the mean of a meaning's vectors in all other texts, near is the cosine",
  ].join("\n\n");
}

const nameOf = ({ kind, layer }: VectorKind): string =>
  kind === "layer" ? `layer ${layer}` : kind === "position" ? "with position" : kind;
