import asciichart from "asciichart";
import cliProgress from "cli-progress";
import type { TrainListeners, TrainResult, TrainStart } from "../../src/jobs/train.js";
import type { Progress } from "../../src/training/trainer.js";
import { duration, Pace } from "./pace.js";

const bits = 1 / Math.LN2;

/** Shows a training run on stderr: a bar where that is a terminal, a line now and then where it is not. */
export class TrainingDisplay {
  private bar: cliProgress.SingleBar | undefined;
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
    onSample: (step, text) => this.line(`\n--- step ${step} ---\n${text}\n---`),
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
    for (const note of notes) this.line(`note        ${note}`);
    if (step >= steps) return;
    if (xla) {
      this.line("compiling   the step, by XLA: seconds to minutes");
      this.compilingSince = performance.now();
    }
    if (!process.stderr.isTTY) return;
    const format = "{bar} {value}/{total} | loss {loss} | held out {val} | {speed} tokens/s | ETA {left}{compiled}";
    const barsize = Math.max(5, Math.min(40, columns() - 75));
    const options = { format, barsize, stream: process.stderr, hideCursor: true, clearOnComplete: false };
    this.bar = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic);
    this.bar.start(steps, step, { loss: "-", val: "-", speed: "-", left: "-", compiled: "" });
  }

  private step(progress: Progress): void {
    const { step, steps, trainLoss, valLoss } = progress;
    this.losses.push(trainLoss);
    this.pace.step(progress.tokensPerSecond);
    if (this.closed) return;
    this.validated = valLoss ?? this.validated;
    const compiled = this.compiled();
    const tokensPerSecond = this.pace.tokensPerSecond;
    const seconds = this.pace.secondsFor(steps - step);
    const speed = tokensPerSecond === undefined ? "-" : Math.round(tokensPerSecond).toLocaleString("en");
    const left = seconds === undefined ? "-" : duration(seconds);
    if (this.bar) {
      const val = this.validated?.toFixed(3) ?? "-";
      this.bar.update(step, {
        loss: trainLoss.toFixed(3),
        val,
        speed,
        left,
        ...(compiled && { compiled: ` |${compiled}` }),
      });
      return;
    }
    const now = performance.now();
    if (valLoss === undefined && step !== 1 && step !== steps && now - this.last < 5000) return;
    this.last = now;
    const val = valLoss === undefined ? "" : `, held out ${valLoss.toFixed(3)}`;
    const pace = seconds === undefined ? "" : `, ${speed} tokens/s, ETA ${left}`;
    this.line(`step ${step}/${steps}: loss ${trainLoss.toFixed(3)}${val}${pace}${compiled && `,${compiled}`}`);
  }

  /** At the first step, how long XLA took to compile it. */
  private compiled(): string {
    if (this.compilingSince === undefined) return "";
    const seconds = (performance.now() - this.compilingSince) / 1000;
    this.compilingSince = undefined;
    return ` compiled in ${seconds.toFixed(1)} s`;
  }

  private line(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** Draws the bar for the last time; steps that come later are not shown. */
  close(): void {
    this.closed = true;
    this.bar?.stop();
    this.bar = undefined;
  }

  /** The curve of the loss and where the run went. */
  summary({ out, state }: TrainResult): void {
    if (this.losses.length > 1) {
      this.line(`\nloss (nats a token) over ${this.losses.length} steps`);
      this.line(asciichart.plot(thinned(this.losses, Math.min(72, columns() - 14)), { height: 8 }));
    }
    if (state.best) {
      const { step, valLoss } = state.best;
      this.line(
        `best held-out loss ${valLoss.toFixed(4)} nats (${(valLoss * bits).toFixed(4)} bits) a token, at step ${step}`,
      );
    }
    this.line(`saved in ${out}`);
  }
}

/** How wide the terminal is. */
const columns = (): number => process.stderr.columns || 80;

/** Means of `count` stretches of `values`, as wide as a terminal shows. */
function thinned(values: number[], count: number): number[] {
  if (values.length <= count) return values;
  return Array.from({ length: count }, (_, i) => {
    const part = values.slice(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count));
    return part.reduce((sum, x) => sum + x, 0) / part.length;
  });
}
