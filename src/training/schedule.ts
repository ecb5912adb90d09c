import type { TrainingConfig } from "../config/training.js";

/**
 * Learning rate of a step, counted from 1: a linear rise over `warmup` steps to `learningRate`, then half a cosine
 * down to `minLearningRate` at the last step.
 *
 * Where time decides which step is the last, `share` is the part of the time that has passed: the cosine falls over all
 * of it, and the rise bounds it.
 *
 * @see Loshchilov & Hutter 2017 (the cosine), https://arxiv.org/abs/1608.03983
 */
export function learningRateAt(
  step: number,
  { steps, warmup, learningRate, minLearningRate }: TrainingConfig,
  share?: number,
): number {
  const rise = (learningRate * step) / warmup;
  if (step <= warmup && share === undefined) return rise;
  const progress = Math.min(1, share ?? (step - warmup) / Math.max(1, steps - warmup));
  const fall = minLearningRate + 0.5 * (1 + Math.cos(Math.PI * progress)) * (learningRate - minLearningRate);
  return step <= warmup ? Math.min(rise, fall) : fall;
}
