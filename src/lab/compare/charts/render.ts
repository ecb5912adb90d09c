import { ConfigError } from "../../../core/errors.js";

/** A Vega-Lite specification. */
export type Spec = Record<string, unknown>;

export interface Chart {
  /** Tells the chart's own ids from those of others on a page. */
  id: string;
  title: string;
  /** For those who can't see it. */
  description: string;
  spec: Spec;
}

/**
 * A Vega-Lite chart as SVG text, the same bytes for the same chart. Its size is that of its `viewBox`; a page scales it.
 * Vega is loaded at the first chart.
 */
export async function renderSvg({ id, title, description, spec }: Chart): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const view = new vega.View(vega.parse(compile(spec as never).spec), { renderer: "none", logLevel: vega.Error });
  const svg = await view.toSVG();
  view.finalize();
  const [, viewBox] = /viewBox="([^"]+)"/.exec(svg) ?? [];
  const body = svg.slice(svg.indexOf(">") + 1);
  if (viewBox === undefined) throw new ConfigError(`vega must draw ${id} in a viewBox: got ${svg.slice(0, 80)}`);
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}" role="img" aria-labelledby="${id}-t ${id}-d">`;
  const words = `<title id="${id}-t">${escapeText(title)}</title><desc id="${id}-d">${escapeText(description)}</desc>`;
  // Vega counts its ids on from chart to chart.
  const ids = [...body.matchAll(/ id="(\w+)"/g)].map(([, own]) => own!);
  const renamed = ids.reduce(
    (text, own, i) => text.replace(`id="${own}"`, `id="${id}-${i}"`).replaceAll(`url(#${own})`, `url(#${id}-${i})`),
    body,
  );
  return head + words + renamed;
}

/** Text as HTML and SVG take it, in an attribute too. */
export function escapeText(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => names[character]!);
}
