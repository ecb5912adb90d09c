import { barLine, LiveLines } from "./liveLines.js";
import { duration } from "./pace.js";
import { styled } from "./screen.js";

/** Seconds between lines where there is no terminal. */
const pause = 5;

/** Shows on stderr how far a measurement has come: a bar where that is a terminal, a line now and then where it is not. */
export class EvaluationDisplay {
  private readonly live = new LiveLines();

  /** @param noun what is counted */
  constructor(private readonly noun = "windows") {}

  private readonly began = performance.now();
  private last = performance.now();

  readonly listeners = {
    onNote: (line: string) => this.live.log(styled("dim", line)),
    onProgress: (done: number, total: number) => {
      if (this.live.isDrawn) this.draw(done, total);
      else if (performance.now() - this.last > 1000 * pause) {
        this.live.log(`${Math.floor((100 * done) / total)}% of ${total} ${this.noun}`);
        this.last = performance.now();
      }
    },
  };

  private draw(done: number, total: number): void {
    const seconds = (performance.now() - this.began) / 1000;
    const left = done === 0 ? "-" : duration((seconds * (total - done)) / done);
    this.live.draw([barLine(done / total, [`${done}/${total} ${this.noun}`, `ETA ${left}`], [])]);
  }

  close(): void {
    this.live.close();
  }
}
