import { type HeadScores, headScores, scoreAttention } from "../../inspection/headScores.js";
import type { EngineModel, Look } from "./engine.js";

/** Induction of each head: it does not depend on the text, so a model is measured once. */
const inductions = new WeakMap<EngineModel, number[]>();

/** The scores of all heads on a text of 2 tokens or more. */
export function textScores(model: EngineModel, { ids, capture }: Look): HeadScores[] {
  const { numHeads } = model.config;
  const induction = inductions.get(model) ?? headScores(model.model, [ids]).map((score) => score.induction);
  inductions.set(model, induction);
  const length = ids.length;
  return induction.map((score, i) => {
    const [layer, head] = [Math.floor(i / numHeads), i % numHeads];
    const { values } = capture.at(`blocks.${layer}.attention`, "weights");
    const row = (t: number) => values.subarray((head * length + t) * length, (head * length + t) * length + t + 1);
    return { layer, head, ...scoreAttention(ids, row), induction: score };
  });
}
