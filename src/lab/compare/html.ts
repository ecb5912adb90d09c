import { sampleOf } from "./charts/legend.js";
import { type Chart, escapeText, renderSvg } from "./charts/render.js";
import type { Legend, Style } from "./charts/theme.js";

/** A table of texts. */
export interface Table {
  head: string[];
  rows: TableRow[];
  /** How many columns at the left are words; the others are numbers. @default 1 */
  words?: number;
}

export interface TableRow {
  cells: string[];
  /** The best of all, or one that the noise drowns. */
  kind?: "best" | "noise";
}

/** A chart with its figures as a table. */
export interface Figure extends Chart {
  table: Table;
  /** Whether the table is shown at once. @default false */
  open?: boolean;
  /** What its colours, dashes and shapes mean, where that is said next to it. */
  legend?: Legend;
}

/** A part of a page: HTML, or figures side by side. */
export type PageBlock = string | readonly Figure[];

export function tableHtml({ head, rows, words = 1 }: Table): string {
  const align = (i: number) => (i < words ? ' class="text"' : "");
  const headCells = head.map((text, i) => `<th scope="col"${align(i)}>${escapeText(text)}</th>`).join("");
  const body = rows.map(({ cells, kind }) => {
    const tds = cells.map((text, i) =>
      i === 0 ? `<th scope="row"${align(i)}>${escapeText(text)}</th>` : `<td${align(i)}>${escapeText(text)}</td>`,
    );
    return `<tr${kind ? ` class="${kind}"` : ""}>${tds.join("")}</tr>`;
  });
  return `<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>\n<thead><tr>${headCells}</tr></thead>\n<tbody>\n${body.join("\n")}\n</tbody></table></div>`;
}

/** The HTML of `blocks`, with their charts drawn. */
export async function blocksHtml(blocks: readonly PageBlock[]): Promise<string> {
  const parts: string[] = [];
  for (const block of blocks) {
    if (typeof block === "string") parts.push(block);
    else parts.push(`<div class="pictures">\n${(await Promise.all(block.map(figureHtml))).join("\n")}\n</div>`);
  }
  return parts.join("\n");
}

async function figureHtml(figure: Figure): Promise<string> {
  const details = `<details${figure.open ? " open" : ""}><summary>As a table</summary>${tableHtml(figure.table)}</details>`;
  return `<figure><figcaption>${escapeText(figure.title)}</figcaption>\n${await renderSvg(figure)}\n${details}</figure>`;
}

export function legendHtml(legend: Legend): string {
  const svg = (style: Style) => `<svg viewBox="0 0 34 14" aria-hidden="true">${sampleOf(style)}</svg>`;
  const items = legend.map(({ text, style }) => `<li>${svg(style)}<span>${escapeText(text)}</span></li>`);
  return `<ul class="legend">${items.join("")}</ul>`;
}

export const paragraph = (text: string): string => `<p>${escapeText(text)}</p>`;
