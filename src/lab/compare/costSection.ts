import type { Analysis } from "./analysis.js";
import { parameterChart } from "./charts/parameterChart.js";
import { speedChart } from "./charts/speedChart.js";
import type { Styles } from "./charts/theme.js";
import { count, loss } from "./format.js";
import { finalLoss, type Group, speed, summaryOf } from "./groups.js";
import { type Figure, legendHtml, type PageBlock, paragraph, type TableRow } from "./html.js";

/** What a loss costs: parameters and time. */
export function costSection({ groups }: Analysis, styles: Styles): PageBlock[] {
  const done = groups.filter(({ finished }) => finished.length > 0);
  const sizes = new Set(done.map(({ parameters }) => parameters.withoutEmbedding));
  const { total, withoutEmbedding } = done[0]!.parameters;
  const same = `All models have the same number of parameters: ${count(total)}, of them ${count(withoutEmbedding)} without embeddings.`;
  return [
    `<h2 id="cost">What it costs</h2>`,
    `<h3>Parameters against loss</h3>`,
    ...(sizes.size > 1 ? parameterPart(done, styles) : [paragraph(same)]),
    `<h3>Speed</h3>`,
    paragraph(
      "Tokens trained on in a second, the median over each run: the bar is the mean of the seeds, each dot a run. It " +
        "depends on the machine and on what else it did.",
    ),
    [speedFigure(done)],
  ];
}

function parameterPart(done: readonly Group[], styles: Styles): PageBlock[] {
  const rows = done.map((group): TableRow => {
    const { withoutEmbedding, embedding, total } = group.parameters;
    const counts = [withoutEmbedding, embedding, total].map(count);
    return { cells: [group.label, ...counts, loss(summaryOf(group, finalLoss)!.mean)] };
  });
  const figure: Figure = {
    id: "parameters",
    title: "Final loss over parameters",
    description: rows.map(({ cells }) => `${cells[0]}: ${cells[1]} parameters, loss ${cells[4]}.`).join(" "),
    spec: parameterChart(done, styles),
    table: { head: ["runs", "without embeddings", "embeddings", "parameters", "final loss"], rows },
    legend: styles.legend,
  };
  return [
    paragraph(
      "Does a larger model predict better? Parameters are the numbers that training adjusts; those of the embeddings, " +
        "which only look tokens up, are left out. Marks that are low and far left do most with little.",
    ),
    legendHtml(styles.legend),
    [figure],
  ];
}

function speedFigure(done: readonly Group[]): Figure {
  const rows = done.map((group): TableRow => ({ cells: [group.label, count(summaryOf(group, speed)!.mean)] }));
  return {
    id: "speed",
    title: "Tokens a second",
    spec: speedChart(done),
    description: rows.map(({ cells }) => `${cells[0]}: ${cells[1]}.`).join(" "),
    table: { head: ["runs", "tokens/s"], rows },
  };
}
