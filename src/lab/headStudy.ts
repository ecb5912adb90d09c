import { markdownTable } from "../core/markdownTable.js";
import type { HeadRelation, RelationQuestion } from "../inspection/relationScores.js";
import type { HeadInspection } from "../jobs/inspectHeads.js";

/** One run of a study, and what its heads do. */
export interface StudiedRun {
  numHeads: number;
  seed: number;
  inspection: HeadInspection;
}

/**
 * Which relations the heads of many models have found, as Markdown: for each relation and number of heads in how many
 * runs some head found it, and each find with its proof.
 */
export function headStudy(runs: readonly StudiedRun[]): string {
  const sorted = [...runs].sort((a, b) => a.numHeads - b.numHeads || a.seed - b.seed);
  return [foundTable(sorted), unlabelledTable(sorted), findsTable(sorted)].join("\n\n");
}

/** The word that is read, and from where: `pronoun, before the word`. */
function questionName({ kind, reader, row }: RelationQuestion): string {
  const where = row === "word" ? "at the word" : "before the word";
  return `${kind}, ${where}${reader === "to" ? " (the row is that of `to`)" : ""}`;
}

function foundTable(runs: readonly StudiedRun[]): string {
  const sizes = [...new Set(runs.map(({ numHeads }) => numHeads))];
  const questions = new Map<string, number[]>();
  for (const { inspection } of runs) {
    for (const question of inspection.questions) {
      questions.set(questionName(question), [...(questions.get(questionName(question)) ?? []), question.places]);
    }
  }
  const rows = [...questions].map(([name, places]) => [
    name,
    String(Math.min(...places)),
    ...sizes.map((size) => {
      const ofSize = runs.filter(({ numHeads }) => numHeads === size);
      const found = ofSize.filter((run) => findsOf(run).some(({ relation }) => questionName(relation) === name));
      return `${found.length} of ${ofSize.length}`;
    }),
  ]);
  const head = ["relation", "places", ...sizes.map(headsOf)];
  return `Runs in which a head has found it:\n\n${markdownTable([head, ...rows]).join("\n")}`;
}

function unlabelledTable(runs: readonly StudiedRun[]): string {
  const rows = runs.map((run) => {
    const { heads } = run.inspection;
    const named = new Set(findsOf(run).map(({ name }) => name));
    return [`${headsOf(run.numHeads)}, seed ${run.seed}`, String(heads.length), String(heads.length - named.size)];
  });
  return `Heads in which no relation was found:\n\n${markdownTable([["run", "heads in all", "none found"], ...rows]).join("\n")}`;
}

function findsTable(runs: readonly StudiedRun[]): string {
  const rows = runs.flatMap((run) =>
    findsOf(run).map(({ name, relation: { share, baseline, ablation, ...relation } }) => [
      `${headsOf(run.numHeads)}, seed ${run.seed}`,
      name,
      questionName(relation),
      `${percent(share)} (${percent(baseline)})`,
      `${ablation.difference.mean.toFixed(3)} ± ${ablation.difference.halfWidth.toFixed(3)}`,
    ]),
  );
  if (rows.length === 0) return "No head has found a relation.";
  const head = ["run", "head", "relation", "looks there (by distance)", "loss grows more by"];
  return `What was found. 1.3 is layer 1, head 3; losses are in nats:\n\n${markdownTable([head, ...rows]).join("\n")}`;
}

function findsOf({ inspection }: StudiedRun): { name: string; relation: HeadRelation }[] {
  return inspection.heads.flatMap(({ layer, head, relations }) =>
    relations.filter(({ found }) => found).map((relation) => ({ name: `${layer}.${head}`, relation })),
  );
}

const headsOf = (count: number): string => `${count} ${count === 1 ? "head" : "heads"}`;
const percent = (share: number): string => `${(100 * share).toFixed(0)}%`;
