import { readFileSync } from "node:fs";
import type { Analysis } from "./analysis.js";
import { escapeText } from "./charts/render.js";
import { stylesOf } from "./charts/theme.js";
import { commandOf } from "./command.js";
import { costSection } from "./costSection.js";
import { curveSection } from "./curveSection.js";
import { effectSection } from "./effectSection.js";
import { seedOf } from "./groups.js";
import { blocksHtml, type PageBlock, paragraph, tableHtml } from "./html.js";
import { methodOf } from "./method.js";
import { resultTable } from "./resultTables.js";
import { factsOf, findings, titleOf, toBeKnown } from "./words.js";

/** The parts of a report, below what it says in short. */
export function blocksOf(analysis: Analysis): PageBlock[] {
  const { groups, best, effects, keys, ranked } = analysis;
  const all = groups.map(({ settings }) => settings);
  const styles = stylesOf(all, keys, ranked);
  return [
    `<h2 id="results">Results</h2>`,
    paragraph("Losses in nats per token, as mean ± 95% interval over the seeds; lower is better."),
    tableHtml(resultTable(analysis)),
    ...(best && effects.length > 0 ? effectSection(analysis) : []),
    ...curveSection(analysis, styles),
    ...(best ? costSection(analysis, styles) : []),
    `<h2 id="method">How the figures are made</h2>`,
    ...methodOf(analysis).map(paragraph),
    `<h2 id="repeat">To repeat each run</h2>`,
    commandsHtml(analysis),
  ];
}

/** The report as one HTML page that needs nothing else. */
export async function pageOf(analysis: Analysis): Promise<string> {
  const title = escapeText(titleOf(analysis));
  const body = await blocksHtml(blocksOf(analysis));
  const links = [...body.matchAll(/<h2 id="(\w+)">([^<]+)</g)].map(([, id, text]) => `<a href="#${id}">${text}</a>`);
  return [
    `<!doctype html>`,
    `<html lang="en"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${title} · heed</title>`,
    `<style>\n${styleSheet("colors")}${styleSheet("report")}</style></head>`,
    `<body><header><p class="kicker">heed compare</p><h1>${title}</h1>`,
    factsHtml(analysis),
    `</header><main>`,
    boxHtml("In short", findings(analysis)),
    boxHtml("To be known", toBeKnown(analysis)),
    `<nav aria-label="Sections">${links.join(" ")}</nav>`,
    body,
    `</main></body></html>\n`,
  ].join("\n");
}

const styleSheet = (name: string) => readFileSync(new URL(`${name}.css`, import.meta.url), "utf8");

/** Sentences that stand out; nothing where there are none. */
function boxHtml(title: string, texts: readonly string[]): string {
  return texts.length === 0 ? "" : `<section class="short"><h2>${title}</h2><ul>${listItems(texts)}</ul></section>`;
}

/** Items whose `±` stays with its numbers. */
const listItems = (texts: readonly string[]) =>
  texts.map((text) => `<li>${escapeText(text).replaceAll(" ± ", "&nbsp;±&nbsp;")}</li>`).join("");

function factsHtml(analysis: Analysis): string {
  const rows = factsOf(analysis).map(([name, text]) => `<dt>${escapeText(name)}</dt><dd>${escapeText(text)}</dd>`);
  return `<dl class="facts">${rows.join("\n")}</dl>`;
}

function commandsHtml({ every }: Analysis): string {
  const items = every.flatMap(({ label, runs }) =>
    runs.map(
      (run) => `<li>${escapeText(`${label}, seed ${seedOf(run)}`)}<code>${escapeText(commandOf(run))}</code></li>`,
    ),
  );
  return `<ul class="commands">${items.join("\n")}</ul>`;
}
