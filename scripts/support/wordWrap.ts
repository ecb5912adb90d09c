import { columnsOf } from "./screen.js";

/** Breaks a text that comes in pieces between words, so that no line is longer than `width`. */
export class WordWrap {
  private column = 0;
  /** White space and a word that are not written yet. */
  private gap = "";
  private word = "";

  constructor(
    private readonly width: number,
    private readonly write: (text: string) => void,
  ) {}

  push(text: string): void {
    for (const character of text) {
      if (character === "\n") {
        this.flush();
        this.write("\n");
        this.column = 0;
        this.gap = "";
      } else if (/\s/.test(character)) {
        this.flush();
        this.gap += character;
      } else {
        this.word += character;
      }
    }
  }

  /** Writes the last word. */
  end(): void {
    this.flush();
  }

  private flush(): void {
    if (this.word === "") return;
    const length = [...this.word].length;
    const fits = this.column === 0 || this.column + this.gap.length + length <= this.width;
    this.write(fits ? this.gap + this.word : `\n${this.word}`);
    this.column = fits ? this.column + this.gap.length + length : length;
    this.gap = "";
    this.word = "";
  }
}

/** A text whose lines are broken between words. */
export function wrapped(text: string, width: number): string {
  let lines = "";
  const wrap = new WordWrap(width, (piece) => {
    lines += piece;
  });
  wrap.push(text);
  wrap.end();
  return lines;
}

/** Writes a text to stdout as it comes: with lines broken between words in a terminal, elsewhere exactly as it is. */
export function storyWriter(): { push(text: string): void; end(): void } {
  const write = (text: string) => {
    process.stdout.write(text);
  };
  return process.stdout.isTTY ? new WordWrap(columnsOf(process.stdout), write) : { push: write, end: () => {} };
}
