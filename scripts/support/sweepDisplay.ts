import { SweepClock } from "../../src/lab/sweep/clock.js";
import type { SweepListeners, SweepPlan } from "../../src/lab/sweep/listeners.js";
import type { Trial } from "../../src/lab/sweep/planTrials.js";
import type { TrialResult } from "../../src/lab/sweep/trialResults.js";
import { settingsText } from "../../src/lab/sweep/trialSettings.js";
import type { TrialProgress } from "../../src/lab/sweep/workerProtocol.js";
import { barLine, LiveLines } from "./liveLines.js";
import { duration } from "./pace.js";
import { columnsOf, styled } from "./screen.js";

/** Milliseconds between two lines about a trial, where there is no terminal. */
const lineEvery = 5000;

/** A trial at work, as it is shown. */
interface Shown {
  line?: string;
  /** When the last line about it was written. */
  told: number;
  /** Its first step of this process, which makes the graph, and when that was done. */
  first?: { step: number; at: number };
}

/** Shows a sweep on stderr: a table that changes where that is a terminal, lines now and then where it is not. */
export class SweepDisplay {
  private count = 0;
  private ended = 0;
  private began = 0;
  private width = 0;
  private clock = new SweepClock([]);
  private readonly live = new LiveLines();
  private readonly shown = new Map<Trial, Shown>();
  private closed = false;

  readonly listeners: SweepListeners = {
    onPlan: (plan) => this.plan(plan),
    onTrial: (trial) => {
      this.shown.set(trial, { told: performance.now() });
      if (!this.live.isDrawn) this.line(`${this.nameOf(trial)} begins`);
    },
    onNote: (line) => this.note(line),
    onProgress: (trial, progress) => this.progress(trial, progress),
    onResult: (trial, result) => this.result(trial, result),
  };

  private plan(plan: SweepPlan): void {
    const { trials, results, skipped, notes, survey, workers, threads } = plan;
    const ended = new Set(results.map(({ trial }) => trial));
    const left = trials.filter(({ trial }) => !ended.has(trial));
    [this.count, this.ended, this.began] = [trials.length, results.length, performance.now()];
    this.clock = new SweepClock(left);
    this.width = Math.max(...trials.map((trial) => this.nameOf(trial).length));
    const { train, validation } = survey.tokens;
    const before = results.length > 0 ? `, ${results.length} of them at their end` : "";
    const each = `each on ${threads} ${threads === 1 ? "thread" : "threads"}`;
    this.line(`backend     ${survey.reason}`);
    this.line(`text        ${train.toLocaleString("en")} tokens, ${validation.toLocaleString("en")} held out`);
    this.line(`trials      ${trials.length}${before}; ${workers} at a time, ${each}`);
    for (const note of [...survey.notes, ...notes]) this.note(note);
    for (const { settings, reason } of skipped) this.line(`left out    ${settingsText(settings)}: ${reason}`);
    if (left.length > 0) this.draw();
  }

  /** A bar for all trials, and one for each that is under way. */
  private draw(): void {
    const all = [`${this.ended}/${this.count} trials`, `ETA ${this.allLeft()}`];
    const under = [...this.shown.values()].flatMap(({ line }) => line ?? []);
    this.live.draw([barLine(this.ended / this.count, all, [], this.column("all")), ...under]);
  }

  /** A name in a column that leaves most of the terminal free. */
  private column(name: string): string {
    const most = Math.floor(columnsOf(process.stderr) / 3);
    const width = Math.min(this.width, most);
    return name.length <= width ? name.padEnd(width) : `${name.slice(0, width - 1)}…`;
  }

  private progress(trial: Trial, progress: TrialProgress): void {
    const { step, steps, trainLoss, bestValLoss, tokensPerSecond } = progress;
    const shown = this.shown.get(trial)!;
    if (trainLoss !== undefined) shown.first ??= { step, at: performance.now() };
    this.clock.hear(trial, step / steps);
    if (this.closed) return;
    const loss = trainLoss?.toFixed(3) ?? "-";
    const best = bestValLoss?.toFixed(3) ?? "-";
    const speed = tokensPerSecond === undefined ? "-" : Math.round(tokensPerSecond).toLocaleString("en");
    const left = timeLeft(progress, shown);
    if (this.live.isDrawn) {
      const heldOut = `best held out ${best}`;
      const pace = `${speed} tokens/s`;
      const parts = [`${step}/${steps}`, `loss ${loss}`, heldOut, pace, `ETA ${left}`];
      shown.line = barLine(step / steps, parts, [pace, heldOut], this.column(this.nameOf(trial)));
      this.draw();
    } else if (performance.now() - shown.told >= lineEvery) {
      shown.told = performance.now();
      const losses = `loss ${loss}, best held out ${best}`;
      this.line(
        `${this.nameOf(trial)}: step ${step}/${steps}, ${losses}, ${speed} tokens/s, ETA ${left}; all: ETA ${this.allLeft()}`,
      );
    }
  }

  private result(trial: Trial, { status, bestValLoss, bestStep, finalTrainLoss, error }: TrialResult): void {
    this.ended++;
    this.clock.end(trial);
    const shown = this.shown.get(trial); // a trial whose folder stayed in use fails before it begins
    if (shown) shown.line = undefined;
    const losses =
      bestValLoss === undefined
        ? `loss ${finalTrainLoss?.toFixed(4)}`
        : `held-out loss ${bestValLoss.toFixed(4)} at step ${bestStep}`;
    if (!this.closed) this.draw();
    this.line(`${this.nameOf(trial)}: ${status === "done" ? losses : `failed: ${error}`}`);
  }

  private allLeft(): string {
    const seconds = this.clock.secondsLeft((performance.now() - this.began) / 1000);
    return seconds === undefined ? "-" : duration(seconds);
  }

  private nameOf({ trial, settings, seed }: Trial): string {
    return `${trial}/${this.count} ${settingsText({ ...settings, seed })}`;
  }

  private line(text: string): void {
    this.live.log(text);
  }

  private note(text: string): void {
    this.line(styled("dim", `note        ${text}`));
  }

  /** Takes the table away; what happens later is not shown, but for the results. */
  close(): void {
    this.closed = true;
    this.live.close();
  }
}

function timeLeft({ step, steps }: TrialProgress, { first }: Shown): string {
  if (!first || step === first.step) return "-";
  const each = (performance.now() - first.at) / 1000 / (step - first.step);
  return duration(each * (steps - step));
}
