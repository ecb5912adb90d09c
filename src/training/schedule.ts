import type { TrainingConfig } from "../config/training.js";

/** How far a run with a time limit has come. */
export interface TimeShare {
  /** The share of the time that has passed. */
  passed: number;
  /** The share of the time after which warm-up ends, however few steps were done. @default no limit */
  warmup?: number;
}

/**
 * The learning rate of a step, counted from 1: it rises linearly to `learningRate` over `warmup` steps, then falls along
 * half a cosine to `minLearningRate` at the last step.
 *
 * With a time limit, the cosine falls over the whole time, and the linear rise limits it.
 *
 * @see Loshchilov & Hutter 2017 (the cosine), https://arxiv.org/abs/1608.03983
 */
export function learningRateAt(
  step: number,
  { steps, warmup, learningRate, minLearningRate }: TrainingConfig,
  time?: TimeShare,
): number {
  const byStep = (learningRate * step) / warmup;
  if (step <= warmup && !time) return byStep;
  const rise = time?.warmup ? Math.max(byStep, (learningRate * time.passed) / time.warmup) : byStep;
  const progress = Math.min(1, time?.passed ?? (step - warmup) / Math.max(1, steps - warmup));
  const fall = minLearningRate + 0.5 * (1 + Math.cos(Math.PI * progress)) * (learningRate - minLearningRate);
  return Math.min(rise, fall);
}
