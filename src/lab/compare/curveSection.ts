import type { Analysis } from "./analysis.js";
import { curveChart } from "./charts/curveChart.js";
import { axisTitle } from "./charts/scales.js";
import type { Styles } from "./charts/theme.js";
import { axes, type Curve, type CurveAxis, trainingCurves, validationCurves } from "./curves.js";
import { large, list, loss, plural } from "./format.js";
import { type Figure, legendHtml, type PageBlock, paragraph, type Table, type TableRow } from "./html.js";

const readings: Record<CurveAxis, { heading: string; how: string }> = {
  tokens: {
    heading: "Over tokens",
    how:
      "Which settings learn most from the same amount of text? At any place along the axis, the " +
      "lowest line has learned most by then.",
  },
  flops: {
    heading: "Over computation",
    how:
      "Which settings make most of the same amount of arithmetic? A small model needs less for each token, so its line " +
      "begins further left; a larger one is worth its price from where its line goes below.",
  },
  seconds: {
    heading: "Over time",
    how:
      "Which settings get furthest in the same time, on the machine that trained them? Validating and saving count; " +
      "runs that trained side by side slowed each other down.",
  },
};

/** Loss over tokens, FLOPs and time, validation next to training. */
export function curveSection({ groups, floor }: Analysis, styles: Styles): PageBlock[] {
  const kinds = [
    { name: "Validation loss", curves: validationCurves(groups) },
    { name: "Training loss", curves: trainingCurves(groups) },
  ].filter(({ curves }) => curves.length > 0);
  return [
    `<h2 id="curves">Loss while training</h2>`,
    paragraph(
      "Loss is how much the next token surprises the model, in nats: lower is better, and equal loss means equally good " +
        "predictions. The validation loss is on a text that the model is never trained on; the training loss is on the " +
        "batches that it learns from. Where the training loss goes on falling and the validation loss does not, a model " +
        "learns its text by heart. A line is the mean over the seeds. Both axes are logarithmic: the same distance is " +
        "the same factor everywhere, so that early and late progress can both be seen.",
    ),
    legendHtml(styles.legend),
    ...axes.flatMap((axis): PageBlock[] => [
      `<h3>${readings[axis].heading}</h3>`,
      paragraph(readings[axis].how),
      kinds.map(({ name, curves }) => curveFigure({ name, curves, axis }, floor?.loss, styles)),
    ]),
  ];
}

function curveFigure(
  { name, curves, axis }: { name: string; curves: Curve[]; axis: CurveAxis },
  floor: number | undefined,
  styles: Styles,
): Figure {
  const least = Math.min(...curves.flatMap(({ points }) => points.map((point) => point.loss)));
  const near = floor !== undefined && floor > least / 2 ? floor : undefined; // else it would take half of the picture
  const ends = curves.map(({ group, points }) => `${group.label} ${loss(points.at(-1)!.loss)}`);
  return {
    id: `${name.split(" ")[0]!.toLowerCase()}-${axis}`,
    title: `${name} over ${axisTitle(axis)}`,
    description: `${plural(curves.length, "line")}, which end at: ${list(ends)}.`,
    spec: curveChart(curves, axis, { styles, floor: near, title: `${name.toLowerCase()} (nats per token)` }),
    table: curveTable(curves, axis, name),
    legend: styles.legend,
  };
}

/** Places of each curve in its table. */
const mostRows = 6;

function curveTable(curves: readonly Curve[], axis: CurveAxis, name: string): Table {
  const rows = curves.flatMap(({ group, seed, points }): TableRow[] => {
    const label = seed === "mean" ? group.label : `${group.label}, seed ${seed}, not finished`;
    const gap = Math.max(1, (points.length - 1) / (mostRows - 1));
    const some = points.filter((_, i) => Math.round(Math.round(i / gap) * gap) === i);
    return some.map((point) => ({ cells: [label, large(point[axis]), loss(point.loss)] }));
  });
  return { head: ["runs", axisTitle(axis), name.toLowerCase()], rows };
}
