import asciichart from "asciichart";
import type { TrainListeners, TrainResult, TrainStart } from "../../src/jobs/train.js";
import type { Progress } from "../../src/training/trainer.js";
import { barLine, LiveLines } from "./liveLines.js";
import { duration, Pace } from "./pace.js";
import { columnsOf, styled } from "./screen.js";
import { wrapped } from "./wordWrap.js";

const bits = 1 / Math.LN2;

/** Shows a training run on stderr: a bar where that is a terminal, a line now and then where it is not. */
export class TrainingDisplay {
  private readonly live = new LiveLines();
  private readonly losses: number[] = [];
  private readonly pace = new Pace();
  private last = 0;
  private validated: number | undefined;
  private closed = false;
  /** When the first step began, which XLA compiles first; undefined where it does not, or has. */
  private compilingSince: number | undefined;

  readonly listeners: TrainListeners = {
    onStart: (start) => this.start(start),
    onStep: (progress) => this.step(progress),
    onSample: (step, text) => this.sample(step, text),
  };

  private start({ backend, step, parameters, vocabSize, training, tokens, xla, notes }: TrainStart): void {
    const { steps, batchSize, gradAccum } = training;
    this.line(`backend     ${backend.reason}`);
    this.line(`model       ${parameters.toLocaleString("en")} parameters, vocabulary ${vocabSize}`);
    this.line(
      `text        ${tokens.train.toLocaleString("en")} tokens, ${tokens.validation.toLocaleString("en")} held out`,
    );
    this.line(
      `training    ${steps} steps of ${batchSize * gradAccum} sequences${step > 0 ? `, from step ${step}` : ""}`,
    );
    for (const text of notes) this.line(styled("dim", `note        ${text}`));
    if (step >= steps) return;
    if (xla) {
      this.line("compiling   the step, by XLA: seconds to minutes");
      this.compilingSince = performance.now();
    }
    this.draw({ step, steps });
  }

  private step(progress: Progress): void {
    const { step, steps, trainLoss, valLoss } = progress;
    this.losses.push(trainLoss);
    this.pace.step(progress.tokensPerSecond);
    if (this.closed) return;
    this.validated = valLoss ?? this.validated;
    const compiled = this.compiled();
    if (this.live.isDrawn) {
      this.draw(progress, compiled);
      return;
    }
    const now = performance.now();
    if (valLoss === undefined && step !== 1 && step !== steps && now - this.last < 5000) return;
    this.last = now;
    const { speed, left } = this.figures(steps - step);
    const val = valLoss === undefined ? "" : `, held out ${valLoss.toFixed(3)}`;
    const pace = left === "-" ? "" : `, ${speed} tokens/s, ETA ${left}`;
    this.line(`step ${step}/${steps}: loss ${trainLoss.toFixed(3)}${val}${pace}${compiled && `, ${compiled}`}`);
  }

  private draw({ step, steps, trainLoss }: Pick<Progress, "step" | "steps"> & Partial<Progress>, compiled = ""): void {
    const { speed, left } = this.figures(steps - step);
    const heldOut = `held out ${this.validated?.toFixed(3) ?? "-"}`;
    const pace = `${speed} tokens/s`;
    const parts = [`${step}/${steps}`, `loss ${trainLoss?.toFixed(3) ?? "-"}`, heldOut, pace, `ETA ${left}`, compiled];
    this.live.draw([barLine(step / steps, parts, [compiled, pace, heldOut])]);
  }

  /** The pace, as it is shown. */
  private figures(stepsLeft: number): { speed: string; left: string } {
    const tokensPerSecond = this.pace.tokensPerSecond;
    const seconds = this.pace.secondsFor(stepsLeft);
    return {
      speed: tokensPerSecond === undefined ? "-" : Math.round(tokensPerSecond).toLocaleString("en"),
      left: seconds === undefined ? "-" : duration(seconds),
    };
  }

  private sample(step: number, text: string): void {
    const story = this.live.isDrawn ? wrapped(text, columnsOf(process.stderr)) : text;
    this.line(`\n${styled("bold", `--- step ${step} ---`)}\n${story}\n${styled("bold", "---")}`);
  }

  /** At the first step, how long XLA took to compile it. */
  private compiled(): string {
    if (this.compilingSince === undefined) return "";
    const seconds = (performance.now() - this.compilingSince) / 1000;
    this.compilingSince = undefined;
    return `compiled in ${seconds.toFixed(1)} s`;
  }

  private line(text: string): void {
    this.live.log(text);
  }

  /** Draws the bar for the last time; steps that come later are not shown. */
  close(): void {
    this.closed = true;
    this.live.close({ keep: true });
  }

  /** The curve of the loss and where the run went. */
  summary({ out, state }: TrainResult): void {
    if (this.losses.length > 1) {
      this.line(styled("bold", `\nloss (nats per token) over ${this.losses.length} steps`));
      this.line(asciichart.plot(thinned(this.losses, Math.min(72, columnsOf(process.stderr) - 14)), { height: 8 }));
    }
    if (state.best) {
      const { step, valLoss } = state.best;
      this.line(
        `best held-out loss ${valLoss.toFixed(4)} nats (${(valLoss * bits).toFixed(4)} bits) per token, at step ${step}`,
      );
    }
    this.line(`saved in ${out}`);
  }
}

/** Means of `count` stretches of `values`, as wide as a terminal shows. */
function thinned(values: number[], count: number): number[] {
  if (values.length <= count) return values;
  return Array.from({ length: count }, (_, i) => {
    const part = values.slice(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count));
    return part.reduce((sum, x) => sum + x, 0) / part.length;
  });
}
