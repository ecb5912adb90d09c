import { columnsOf, isDrawn, note } from "./screen.js";

const eraseBelow = "\x1b[J";

/** Milliseconds between two drawings. */
const pause = 100;

/** Columns that stay empty at the end of a line: there the terminal shows the ^C of Ctrl-C. */
const margin = 3;

/** Lines at the bottom of the terminal on stderr that are drawn over and over, while text scrolls by above them. */
export class LiveLines {
  /** Whether there are such lines: stderr is a terminal. */
  readonly isDrawn = isDrawn();
  private lines: string[] = [];
  /** As they stand on the screen, the cursor at the end of the last. */
  private shown: string[] = [];
  private drawnAt = Number.NEGATIVE_INFINITY;

  /** Shows other lines, unless that was done just before. */
  draw(lines: string[]): void {
    if (!this.isDrawn) return;
    this.lines = lines;
    const now = performance.now();
    if (now - this.drawnAt < pause) return;
    this.drawnAt = now;
    this.redraw("");
  }

  /** Writes text above the lines. */
  log(text: string): void {
    if (this.isDrawn) this.redraw(`${text}\n`);
    else note(text);
  }

  /** Leaves the lines as they are by now, or takes them away. */
  close({ keep = false } = {}): void {
    if (this.lines.length === 0) return;
    if (!keep) this.lines = [];
    this.redraw("");
    if (keep) process.stderr.write("\n");
    this.lines = [];
    this.shown = [];
  }

  private redraw(text: string): void {
    const columns = columnsOf(process.stderr);
    const rows = this.shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
    const back = rows === 0 ? "" : `\r${rows > 1 ? `\x1b[${rows - 1}A` : ""}${eraseBelow}`;
    this.shown = this.lines.map((line) => line.slice(0, columns - margin));
    process.stderr.write(`${back}${text}${this.shown.join("\n")}`);
  }
}

/** A bar that is `width` columns wide. */
export function bar(share: number, width: number): string {
  const done = Math.round(width * Math.min(1, Math.max(0, share)));
  return "█".repeat(done) + "░".repeat(width - done);
}

/** Columns that a bar has, where there is room and where there is little. */
const widest = 40;
const narrowest = 10;

/**
 * A bar with `parts` to its right, as wide as the terminal. Where the bar would be shorter than ten columns, parts are
 * left out, the one that stands first in `expendable` first.
 */
export function barLine(share: number, parts: string[], expendable: string[], before = ""): string {
  const room = columnsOf(process.stderr) - margin - (before === "" ? 0 : before.length + 1);
  let kept = parts.filter((part) => part !== "");
  const left = () => room - kept.reduce((sum, part) => sum + part.length + 3, -2);
  for (const part of expendable) {
    if (left() >= narrowest) break;
    kept = kept.filter((each) => each !== part);
  }
  const width = Math.max(narrowest, Math.min(widest, left()));
  return `${before}${before && " "}${bar(share, width)} ${kept.join(" | ")}`;
}
