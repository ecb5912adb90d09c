import cliProgress from "cli-progress";

/** Seconds between lines where there is no terminal. */
const pause = 5;

/** Shows on stderr how far an evaluation has come: a bar where that is a terminal, a line now and then where it is not. */
export class EvaluationDisplay {
  private bar: cliProgress.SingleBar | undefined;
  private last = performance.now();

  readonly listeners = {
    onNote: (line: string) => {
      process.stderr.write(`${line}\n`);
    },
    onProgress: (done: number, total: number) => {
      if (process.stderr.isTTY) this.draw(done, total);
      else if (performance.now() - this.last > 1000 * pause) {
        process.stderr.write(`${Math.floor((100 * done) / total)}% of ${total} windows\n`);
        this.last = performance.now();
      }
    },
  };

  private draw(done: number, total: number): void {
    if (!this.bar) {
      const format = "{bar} {value}/{total} windows | ETA {eta_formatted}";
      const options = { format, stream: process.stderr, clearOnComplete: true };
      this.bar = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic);
      this.bar.start(total, 0);
    }
    this.bar.update(done);
  }

  close(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}
