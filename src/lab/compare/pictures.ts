import { readFileSync } from "node:fs";
import { legendSvg } from "./charts/legend.js";
import { renderSvg } from "./charts/render.js";
import type { Figure, PageBlock } from "./html.js";

export interface PictureFile {
  /** Its path from the report. */
  file: string;
  title: string;
  svg: string;
}

/** Each chart of `blocks` as an SVG file that needs no other. */
export function picturesOf(blocks: readonly PageBlock[]): Promise<PictureFile[]> {
  const figures = blocks.flatMap((block) => (typeof block === "string" ? [] : block));
  return Promise.all(
    figures.map(async (figure) => {
      return { file: `pictures/${figure.id}.svg`, title: figure.title, svg: await standalone(figure) };
    }),
  );
}

/** The chart below its legend, with the page's colours, dark where the screen is. */
async function standalone(figure: Figure): Promise<string> {
  const svg = await renderSvg(figure);
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!.map(Number) as [number, number, number];
  const legend = legendSvg(figure.legend ?? [], width - 8);
  const body = svg.indexOf("</desc>") + "</desc>".length;
  const full = height + legend.height + 6;
  const style = `<style>${readFileSync(new URL("colors.css", import.meta.url), "utf8")}text{font-family:system-ui,sans-serif}</style>`;
  return [
    svg.slice(0, body).replace(/viewBox="[^"]+"/, `viewBox="0 0 ${width} ${full}" width="${width}" height="${full}"`),
    `${style}<rect width="100%" height="100%" fill="var(--paper)"/>`,
    `<g transform="translate(4 4)">${legend.svg}</g>`,
    `<g transform="translate(0 ${legend.height + 6})">${svg.slice(body, -"</svg>".length)}</g></svg>\n`,
  ].join("\n");
}
