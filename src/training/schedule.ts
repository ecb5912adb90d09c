import type { TrainingConfig } from "../config/training.js";

/**
 * The learning rate of a step, counted from 1: it rises linearly to `learningRate` over `warmup` steps, then falls along
 * half a cosine to `minLearningRate` at the last step.
 *
 * @see Loshchilov & Hutter 2017 (the cosine), https://arxiv.org/abs/1608.03983
 */
export function learningRateAt(step: number, { steps, warmup, learningRate, minLearningRate }: TrainingConfig): number {
  if (step <= warmup) return (learningRate * step) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  return minLearningRate + 0.5 * (1 + Math.cos(Math.PI * progress)) * (learningRate - minLearningRate);
}
