import { trainingFlopsPerToken } from "../../model/count.js";
import type { Trial } from "./planTrials.js";

/** Estimates when a sweep will end, from the work that is done: trials count by their floating-point operations. */
export class SweepClock {
  private readonly costs: Map<Trial, number>;
  /** Of each trial that is at work or at its end: the share that is done, and that was done before. */
  private readonly shares = new Map<Trial, { now: number; before: number }>();
  /** Trials at their end, whatever they did until then. */
  private readonly over = new Set<Trial>();

  /** @param trials those that are left */
  constructor(trials: readonly Trial[]) {
    this.costs = new Map(trials.map((trial) => [trial, costOf(trial)]));
  }

  /** Called with how much of a trial is done, from 0 to 1. */
  hear(trial: Trial, share: number): void {
    this.shares.set(trial, { now: share, before: this.shares.get(trial)?.before ?? share });
  }

  /** Hears that nothing of a trial is left to do: it is done, or it failed. */
  end(trial: Trial): void {
    this.over.add(trial);
  }

  /** Seconds to go, `elapsed` seconds after the start; undefined before a hundredth of an average trial is done. */
  secondsLeft(elapsed: number): number | undefined {
    let done = 0;
    let left = 0;
    for (const [trial, cost] of this.costs) {
      const { now, before } = this.shares.get(trial) ?? { now: 0, before: 0 };
      done += cost * (now - before);
      if (!this.over.has(trial)) left += cost * (1 - now);
    }
    return done * this.costs.size > 0.01 * (done + left) ? (elapsed * left) / done : undefined;
  }
}

function costOf({ model, training: { steps, batchSize, gradAccum } }: Trial): number {
  return steps * batchSize * gradAccum * model.contextLength * trainingFlopsPerToken(model);
}
