import { styleText } from "node:util";

let isQuiet = false;

/** From now on nothing but results and errors is shown. */
export function beQuiet(): void {
  isQuiet = true;
}

/** Writes a line, or lines, that are no result: to stderr, unless `--quiet` is given. */
export function note(text: string): void {
  if (!isQuiet) process.stderr.write(`${text}\n`);
}

/** Whether stderr is a terminal on which progress is drawn. */
export function isDrawn(): boolean {
  return process.stderr.isTTY && !isQuiet && process.env.TERM !== "dumb";
}

/** How many columns a terminal has; `otherwise` where the stream goes to a file or a pipe. */
export function columnsOf(stream: NodeJS.WriteStream, otherwise = 80): number {
  return (stream.isTTY && stream.columns) || otherwise;
}

type Style = "red" | "dim" | "bold";

/** A text in a style, where the stream has colours: a terminal unless `NO_COLOR` is set, anything with `FORCE_COLOR`. */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return hasColors(stream) ? styleText(style, text, { validateStream: false }) : text;
}

function hasColors(stream: NodeJS.WriteStream): boolean {
  const { FORCE_COLOR } = process.env;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return stream.isTTY && stream.hasColors();
}
