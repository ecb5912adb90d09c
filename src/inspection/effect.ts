import * as tf from "@tensorflow/tfjs";
import { DataError } from "../core/errors.js";
import type { Transformer } from "../model/transformer.js";
import { crossEntropy } from "../ops/crossEntropy.js";
import { capture, type Intervention, onlyPoints } from "./capture.js";
import { type CapturedValue, computed, tensorOf } from "./numbers.js";

/** What a model answers, and how well. */
export interface Outcome {
  /** `[B, T, V]` */
  logits: CapturedValue;
  /** Cross-entropy of each target, in nats: `[B, T']` for `T'` targets a sequence. */
  losses: CapturedValue;
  /** Their mean; NaN where there is no target. */
  loss: number;
}

/** What interventions do to a model's answers. */
export interface InterventionEffect {
  /** Without them. */
  before: Outcome;
  /** With them. */
  after: Outcome;
  /** `after - before`, number by number: a loss that rises is positive. */
  change: Outcome;
}

/** What to change in the run, and what it should answer. */
export interface OutcomeOptions {
  interventions?: readonly Intervention[];
  /** What position `t` of a sequence should answer; those after the last one given are not scored. @default the next tokens */
  targets?: readonly ArrayLike<number>[];
}

/**
 * The answers of one run. In: token ids `[B, T]`.
 *
 * @throws DataError if there are more targets than tokens, or sequences of several lengths
 */
export function outcome(
  model: Transformer,
  ids: readonly ArrayLike<number>[],
  { interventions, targets = ids.map((row) => Array.from(row).slice(1)) }: OutcomeOptions = {},
): Outcome {
  const logits = capture(model, ids, { at: onlyPoints("logits"), interventions }).at("output", "logits");
  const losses = lossesOf(logits, targets);
  return { logits, losses, loss: losses.values.reduce((sum, x) => sum + x, 0) / losses.values.length };
}

/** The answers without and with interventions, and the difference. Arguments are those of {@link outcome}. */
export function effect(
  model: Transformer,
  ids: readonly ArrayLike<number>[],
  interventions: readonly Intervention[],
  targets?: readonly ArrayLike<number>[],
): InterventionEffect {
  const before = outcome(model, ids, { targets });
  const after = outcome(model, ids, { interventions, targets });
  const change: Outcome = {
    logits: difference(after.logits, before.logits),
    losses: difference(after.losses, before.losses),
    loss: after.loss - before.loss,
  };
  return { before, after, change };
}

function lossesOf(logits: CapturedValue, targets: readonly ArrayLike<number>[]): CapturedValue {
  const [batch, length, vocabSize] = logits.shape as [number, number, number];
  const scored = targets[0]?.length ?? 0;
  if (targets.length !== batch || scored > length || targets.some((row) => row.length !== scored)) {
    throw new DataError({
      field: "targets",
      rule: `be ${batch} rows of one length, at most ${length}`,
      got: `${targets.length} of ${[...new Set(targets.map((row) => row.length))].join(", ") || "none"}`,
    });
  }
  if (scored === 0) return { shape: [batch, 0], values: new Float32Array() };
  return computed(() => {
    const rows = tensorOf(logits).slice([0, 0, 0], [-1, scored, -1]);
    const wanted = tf.tensor1d(Int32Array.from(targets.flatMap((row) => Array.from(row))), "int32");
    return crossEntropy(rows.reshape([-1, vocabSize]), wanted).reshape([batch, scored]);
  });
}

function difference(a: CapturedValue, b: CapturedValue): CapturedValue {
  return { shape: a.shape, values: a.values.map((x, i) => x - b.values[i]!) };
}
