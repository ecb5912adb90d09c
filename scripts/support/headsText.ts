import { markdownTable } from "../../src/core/markdownTable.js";
import { type HeadRelation, type JudgedMean, noneFound } from "../../src/inspection/relationScores.js";
import type { HeadInspection, InspectedHead } from "../../src/jobs/inspectHeads.js";
import { percent } from "./tokenText.js";

/** What every head does: its scores, the relation that it has found, and the proof of each. */
export function headsText({ heads, questions, texts, tokens, data }: HeadInspection): string {
  const hasQuestions = questions.length > 0;
  const rows = heads.map(({ layer, head, label, ...scores }) => [
    `${layer}.${head}`,
    percent(scores.previousToken),
    percent(scores.firstToken),
    scores.duplicateToken === undefined ? "" : percent(scores.duplicateToken),
    percent(scores.induction),
    scores.entropy.toFixed(2),
    scores.meanDistance.toFixed(1),
    ...(hasQuestions ? [label] : []),
  ]);
  const head = ["head", "previous", "first", "same", "induction", "entropy", "distance"];
  return [
    `What the heads look at, in ${texts} texts of ${data} (${tokens.toLocaleString("en")} tokens); 1.3 is layer 1, head 3`,
    markdownTable([[...head, ...(hasQuestions ? ["relation"] : [])], ...rows]).join("\n"),
    legend,
    hasQuestions
      ? proofs(heads)
      : "Relations were not looked for: too few of these texts come with a list of words that belong together.",
  ].join("\n\n");
}

const legend = [
  "previous, first, same: share of attention that goes to the token before, to the text's first, to earlier ones that are the same",
  "induction: on random tokens that are repeated, share that goes to the token after the earlier occurrence",
  "entropy in bits: 0 looks at one token alone; distance in tokens: how far back, on average",
].join("\n");

/** Each relation that a head has found, with what shows it. */
function proofs(heads: readonly InspectedHead[]): string {
  const found = heads.flatMap(({ layer, head, relations }) =>
    relations.filter((one) => one.found).map((one) => [`${layer}.${head}`, one] as const),
  );
  if (found.length === 0) return `Relations: ${noneFound}.`;
  const rows = found.map(([name, one]) => [
    name,
    one.kind,
    rowOf(one),
    percent(one.share),
    percent(one.baseline),
    interval(one.ablation.difference),
  ]);
  return [
    "Relations found: the head gives the other word more than distance alone would, and with its mean output in its place the loss there grows by more nats than elsewhere (95% intervals)",
    markdownTable([["head", "relation", "row of", "looks there", "by distance", "loss grows more by"], ...rows]).join(
      "\n",
    ),
  ].join("\n\n");
}

const rowOf = ({ row }: HeadRelation): string => (row === "word" ? "the later word" : "the token before it");

const interval = ({ mean, halfWidth }: JudgedMean): string => `${mean.toFixed(3)} ± ${halfWidth.toFixed(3)}`;
