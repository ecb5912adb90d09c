import type { Verdict } from "../core/tTests.js";

/** What is asked of every head: does the row of a word give weight to the word that belongs to it? */
export interface RelationQuestion {
  /** Of the relation, as the corpus names it: "pronoun". */
  kind: string;
  /** Which of its two words comes later. It alone can look at the other, so the row is its. */
  reader: "from" | "to";
  /** `word`: the row of its last token. `before`: the row of the token before it, from which the model predicts it. */
  row: "word" | "before";
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
  /** What a head of the same habits would give that knows distance alone. */
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

/** The label of a head with no relation found. */
export const noneFound = "none found";
