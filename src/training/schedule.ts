import type { TrainingConfig } from "../config/training.js";

/**
 * Learning rate of a step, counted from 1: a linear rise over `warmup` steps to `learningRate`, then half a cosine
 * down to `minLearningRate` at the last step.
 *
 * @see Loshchilov & Hutter 2017 (the cosine), https://arxiv.org/abs/1608.03983
 */
export function learningRateAt(step: number, { steps, warmup, learningRate, minLearningRate }: TrainingConfig): number {
  if (step <= warmup) return (learningRate * step) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  return minLearningRate + 0.5 * (1 + Math.cos(Math.PI * progress)) * (learningRate - minLearningRate);
}
