import type { TrainingConfig } from "../config/training.js";

/** How far a run is whose time decides which step is the last. */
export interface TimeShare {
  /** The part of the time that has passed. */
  passed: number;
  /** The part of the time after which the rise is over, however few steps were done. @default no limit */
  warmup?: number;
}

/**
 * Learning rate of a step, counted from 1: a linear rise over `warmup` steps to `learningRate`, then half a cosine
 * down to `minLearningRate` at the last step.
 *
 * Where `time` decides which step is the last, the cosine falls over all of it, and the rise bounds it.
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
