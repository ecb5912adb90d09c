import cliProgress from "cli-progress";

/** Shows on stderr how far a bench has come: a bar where that is a terminal, a line a turn where it is not. */
export class BenchDisplay {
  private bar: cliProgress.SingleBar | undefined;

  readonly listeners = {
    onNote: (line: string) => {
      if (this.bar) process.stderr.write("\r\u001b[K");
      process.stderr.write(`${line}\n`);
    },
    onProgress: (what: string, done: number) => {
      if (process.stderr.isTTY) this.show(what, done);
      else process.stderr.write(`${Math.floor(100 * done)}% ${what}\n`);
    },
  };

  private show(what: string, done: number): void {
    if (!this.bar) {
      const options = { format: "{bar} {percentage}% {what}", stream: process.stderr, hideCursor: true };
      this.bar = new cliProgress.SingleBar({ ...options, clearOnComplete: true }, cliProgress.Presets.shades_classic);
      this.bar.start(1000, 0, { what });
    }
    this.bar.update(Math.floor(1000 * done), { what });
  }

  close(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}
