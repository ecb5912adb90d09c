import type { Curve, CurveAxis } from "../curves.js";
import type { Spec } from "./render.js";
import { axisTitle, firstShare, logAxis, logLosses } from "./scales.js";
import { config, type Styles, size } from "./theme.js";

/** How many marks a curve carries to be told from others without its colour. */
const marksOnCurve = 5;

/** Loss over tokens, FLOPs or seconds, both logarithmic; a line a curve, and one across at the best possible loss. */
export function curveChart(
  curves: readonly Curve[],
  axis: CurveAxis,
  { styles, floor, title }: { styles: Styles; floor: number | undefined; title: string },
): Spec {
  const start = firstShare * Math.max(...curves.map(({ points }) => points.at(-1)![axis]));
  const rows = curves.flatMap(({ group, seed, points }, curve) => {
    const { color, dash, shape } = styles.of(group.settings);
    const look = { curve, color, dash: dash.join(), shape, width: seed === "mean" && !styles.crowded ? 2 : 1.2 };
    const every = Math.max(1, Math.floor(points.length / marksOnCurve));
    const placed = points.map((point, i) => ({ point, marked: (points.length - 1 - i) % every === 0 }));
    const seen = placed.filter(({ point }) => point[axis] >= start);
    return seen.map(({ point, marked }) => ({ ...look, x: point[axis], loss: point.loss, marked }));
  });
  const losses = rows.map(({ loss }) => loss);
  const values = rows.map((row) => row.x);
  const x = { field: "x", type: "quantitative", ...logAxis(axisTitle(axis), values) };
  const y = {
    field: "loss",
    type: "quantitative",
    ...logLosses(floor === undefined ? losses : [...losses, floor], title),
  };
  const color = { field: "color", type: "nominal", scale: null };
  const looks = [...new Set(rows.map(({ dash }) => dash))];
  const strokeDash = {
    field: "dash",
    type: "nominal",
    legend: null,
    scale: { domain: looks, range: looks.map((dash) => (dash === "" ? [1, 0] : dash.split(",").map(Number))) },
  };
  const strokeWidth = { field: "width", type: "quantitative", scale: null };
  const shape = { field: "shape", type: "nominal", scale: null };
  return {
    config,
    ...size,
    data: { values: rows },
    layer: [
      { mark: "line", encoding: { x, y, color, strokeDash, strokeWidth, detail: { field: "curve" } } },
      {
        transform: [{ filter: "datum.marked" }],
        mark: { type: "point", filled: true, size: styles.crowded ? 18 : 36, opacity: 1 },
        encoding: { x, y, color, shape },
      },
      ...(floor === undefined ? [] : floorMarks(floor)),
    ],
  };
}

/** The best possible loss, as a line across. */
export function floorMarks(loss: number): Spec[] {
  const data = { values: [{ loss }] };
  const y = { field: "loss", type: "quantitative" };
  const color = "var(--ink)";
  const text = {
    type: "text",
    align: "left",
    baseline: "bottom",
    dx: 4,
    dy: -2,
    fontSize: 12,
    color,
    text: "best possible",
  };
  return [
    { data, mark: { type: "rule", color, strokeDash: [2, 3] }, encoding: { y } },
    { data, mark: text, encoding: { y, x: { value: 0 } } },
  ];
}
