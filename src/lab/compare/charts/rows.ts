import type { Spec } from "./render.js";
import { size } from "./theme.js";

/** Letters that fit next to a row; longer names stand above it. */
const besideLetters = 18;
const aboveLetters = 46;

/** How named rows are laid out, one below the other. */
export interface NamedRows {
  /** Width and height of the chart's inside. */
  size: object;
  /** The encoding that places a row by its name. */
  y: Spec;
  /** The names, where they stand above the rows; `data` of theirs is needed, as a row may have several marks. */
  layers: Spec[];
}

/** Rows of these `names`, in their order. */
export function namedRows(names: readonly string[]): NamedRows {
  const longest = Math.max(...names.map(({ length }) => length));
  const y = { field: "name", type: "nominal", title: null, scale: { domain: names } };
  if (longest <= besideLetters) {
    const width = size.width + 30 - 7 * longest; // as wide in all as other charts
    return { size: { width, height: { step: 26 } }, y: { ...y, axis: { grid: false, labelLimit: 400 } }, layers: [] };
  }
  const wrapped = names.map((name) => ({ name, text: wrap(name, aboveLetters) }));
  const lines = Math.max(...wrapped.map(({ text }) => text.length));
  const text = {
    data: { values: wrapped },
    mark: {
      type: "text",
      align: "left",
      baseline: "bottom",
      dy: -8 - 15 * (lines - 1),
      fontSize: 12,
      lineHeight: 15,
      color: "var(--ink)",
    },
    encoding: { y, x: { value: 0 }, text: { field: "text" } },
  };
  const step = 30 + 15 * lines;
  return { size: { width: size.width + 30, height: { step } }, y: { ...y, axis: null }, layers: [text] };
}

/** `text` in lines of at most that many letters, broken at its spaces. */
export function wrap(text: string, letters: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > letters) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
