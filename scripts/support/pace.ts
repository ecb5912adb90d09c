/** Steps that are measured before a pace is shown. */
const few = 3;

/** How fast a run goes, by the steps after the first one of this process: that one also builds the graph. */
export class Pace {
  private count = 0;
  private firstAt = 0;
  private lastAt = 0;
  private speed = 0;

  /** A step is done, at `now` milliseconds. */
  step(tokensPerSecond: number, now = performance.now()): void {
    this.count += 1;
    this.lastAt = now;
    if (this.count === 1) this.firstAt = now;
    else if (this.count === 2) this.speed = tokensPerSecond;
    else this.speed = 0.95 * this.speed + 0.05 * tokensPerSecond;
  }

  /** Tokens a second of late; undefined until a few steps are measured. */
  get tokensPerSecond(): number | undefined {
    return this.count > few ? this.speed : undefined;
  }

  /** Seconds that `steps` more will take, validations included; undefined until a few steps are measured. */
  secondsFor(steps: number): number | undefined {
    return this.count > few ? (steps * (this.lastAt - this.firstAt)) / 1000 / (this.count - 1) : undefined;
  }
}

/** "45s", "3m05s", "2h07m" */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two((whole % 3600) / 60)}m`;
}
