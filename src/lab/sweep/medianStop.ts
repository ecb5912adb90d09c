import { mean, median } from "../../core/statistics.js";

/** A validation: how far the trial was, as a share of its steps, and its loss. */
export interface Validation {
  share: number;
  valLoss: number;
}

/** The validations of a trial, oldest first. */
export type Curve = readonly Validation[];

export interface MedianStop {
  /** The share of its steps that every trial is sure of. */
  grace: number;
  /** Of the trials that are finished. */
  curves: Curve[];
}

/** Fewer finished trials than this stop nobody. */
export const leastFinished = 3;

/**
 * Whether a trial is to be stopped after its last validation: its smallest loss so far is above the median of what the
 * finished trials' losses averaged up to the same share of their steps.
 *
 * @see Golovin et al. 2017, Google Vizier, section 3.2.2, https://doi.org/10.1145/3097983.3098043
 */
export function isBelowMedian(own: Curve, { grace, curves }: MedianStop): boolean {
  const { share } = own.at(-1)!;
  if (share < grace || share >= 1) return false;
  const until = curves.map((curve) => curve.filter((validation) => validation.share <= share));
  const averages = until.filter((curve) => curve.length > 0).map(meanLoss);
  return averages.length >= leastFinished && Math.min(...own.map(({ valLoss }) => valLoss)) > median(averages);
}

const meanLoss = (curve: Curve): number => mean(curve.map(({ valLoss }) => valLoss));
