import { expect, it } from "vitest";
import type { HeadRelation, RelationQuestion } from "../../src/inspection/relationScores.js";
import type { InspectedHead } from "../../src/jobs/inspectHeads.js";
import { headStudy, type StudiedRun } from "../../src/lab/headStudy.js";

const pronoun: RelationQuestion = { kind: "pronoun", reader: "from", row: "before" };
const adjective: RelationQuestion = { kind: "adjective", reader: "to", row: "word" };
const scores = { previousToken: 0.5, firstToken: 0.5, entropy: 1, entropyShare: 0.5, meanDistance: 1, induction: 0 };

function answer(question: RelationQuestion, found: boolean): HeadRelation {
  const judged = { mean: 0.4, halfWidth: 0.1, verdict: "clear" } as const;
  const ablation = { here: 0.5, elsewhere: 0.1, difference: judged };
  return { ...question, share: 0.254, baseline: 0.048, above: judged, ablation, found };
}

/** A run of one layer; `found` says of each head whether it has found the pronouns. */
function run(seed: number, ...found: boolean[]): StudiedRun {
  const questions = [pronoun, adjective].map((question, i) => ({ ...question, places: 90 - i - seed, texts: 50 }));
  const heads = found.map((isFound, head): InspectedHead => {
    const relations = [answer(pronoun, isFound), answer(adjective, false)];
    return { layer: 1, head, ...scores, relations, label: isFound ? "pronoun" : "none found" };
  });
  const inspection = { checkpoint: "c", data: "d", texts: 60, tokens: 6000, questions, heads };
  return { numHeads: found.length, seed, inspection };
}

it("counts the runs that found each relation, and shows each find with its proof", () => {
  expect(headStudy([run(8, false, true), run(7, true), run(7, false, false)])).toBe(
    `Runs in which a head has found it:

| relation                                         | places | 1 head | 2 heads |
|--------------------------------------------------|-------:|-------:|--------:|
| pronoun, before the word                         |     82 | 1 of 1 |  1 of 2 |
| adjective, at the word (the row is that of \`to\`) |     81 | 0 of 1 |  0 of 2 |

Heads in which no relation was found:

| run             | heads in all | none found |
|-----------------|-------------:|-----------:|
| 1 head, seed 7  |            1 |          0 |
| 2 heads, seed 7 |            2 |          2 |
| 2 heads, seed 8 |            2 |          1 |

What was found. 1.3 is layer 1, head 3; losses are in nats:

| run             | head |                 relation | looks there (by distance) | loss grows more by |
|-----------------|-----:|-------------------------:|--------------------------:|-------------------:|
| 1 head, seed 7  |  1.0 | pronoun, before the word |                  25% (5%) |      0.400 ± 0.100 |
| 2 heads, seed 8 |  1.1 | pronoun, before the word |                  25% (5%) |      0.400 ± 0.100 |`,
  );
});

it("says so where nothing was found", () => {
  expect(headStudy([run(7, false)])).toMatch(/\n\nNo head has found a relation\.$/);
});
