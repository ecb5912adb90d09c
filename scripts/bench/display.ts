import { barLine, LiveLines } from "../support/liveLines.js";

/** Shows on stderr how far a bench has come: a bar where that is a terminal, a line a turn where it is not. */
export class BenchDisplay {
  private readonly live = new LiveLines();

  readonly listeners = {
    onNote: (line: string) => this.live.log(line),
    onProgress: (what: string, done: number) => {
      const percent = `${Math.floor(100 * done)}%`;
      if (this.live.isDrawn) this.live.draw([barLine(done, [`${percent} ${what}`], [])]);
      else this.live.log(`${percent} ${what}`);
    },
  };

  close(): void {
    this.live.close();
  }
}
