import { escapeText } from "./render.js";
import type { Legend, Style } from "./theme.js";

/** Vega's symbols, about 9 wide. */
const outlines: Record<string, string> = {
  circle: "M4.5 0A4.5 4.5 0 1 1 -4.5 0A4.5 4.5 0 1 1 4.5 0Z",
  square: "M-4 -4H4V4H-4Z",
  "triangle-up": "M0 -4.5L5 4.5H-5Z",
  "triangle-down": "M0 4.5L5 -4.5H-5Z",
  "triangle-right": "M4.5 0L-4.5 5V-5Z",
  "triangle-left": "M-4.5 0L4.5 5V-5Z",
  diamond: "M0 -5.5L5.5 0L0 5.5L-5.5 0Z",
  cross: "M-5 -1.8H-1.8V-5H1.8V-1.8H5V1.8H1.8V5H-1.8V1.8H-5Z",
};

/** A piece of a curve as SVG, 34 wide and 14 high. */
export function sampleOf({ color, dash, shape }: Style): string {
  const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.join(" ")}"` : "";
  const line = `<path d="M0 7H34" stroke="${color}" stroke-width="2"${dashes}/>`;
  return `${line}<path transform="translate(17 7)" fill="${color}" d="${outlines[shape]}"/>`;
}

const rowHeight = 20;
const letter = 6.6; // the width of a letter, about

/** A legend in lines no wider than `width`, as SVG. */
export function legendSvg(legend: Legend, width: number): { svg: string; height: number } {
  let [x, y] = [0, 0];
  const items = legend.map(({ text, style }) => {
    const wide = 34 + 8 + letter * text.length;
    if (x > 0 && x + wide > width) [x, y] = [0, y + rowHeight];
    const name = `<text x="42" y="11" font-size="12" fill="var(--ink)">${escapeText(text)}</text>`;
    const item = `<g transform="translate(${x} ${y})">${sampleOf(style)}${name}</g>`;
    x += wide + 18;
    return item;
  });
  return { svg: items.join(""), height: legend.length > 0 ? y + rowHeight : 0 };
}
