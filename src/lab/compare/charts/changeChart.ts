import type { Judged } from "../../../core/tTests.js";
import type { Change } from "../differences.js";
import type { Spec } from "./render.js";
import { namedRows } from "./rows.js";
import { numberFormat, ticks } from "./scales.js";
import { config } from "./theme.js";

/**
 * The change of the final loss, a row each, with its interval: filled where it is clear, grey where it is noise; an
 * arrowhead where the interval goes on beyond the chart.
 */
export function changeChart(changes: readonly (Change & { change: Judged })[]): Spec {
  const rows = changes.map(({ from, to, change }) => {
    const { mean, halfWidth, verdict } = change;
    return { name: `${from} → ${to}`, mean, low: mean - halfWidth, high: mean + halfWidth, verdict };
  });
  // An interval from two seeds can be many times as wide as what is to be seen.
  const reach = 6 * Math.max(...rows.map(({ mean }) => Math.abs(mean))) || 1;
  const low = Math.max(-reach, Math.min(0, ...rows.map((row) => row.low)) * 1.05);
  const high = Math.min(reach, Math.max(0, ...rows.map((row) => row.high)) * 1.05);
  const { size, y, layers } = namedRows(rows.map(({ name }) => name));
  const x = {
    field: "mean",
    type: "quantitative",
    title: "change of the final loss (nats per token)",
    scale: { domain: [low, high], nice: false },
    axis: { values: ticks(low, high), format: numberFormat, grid: true },
  };
  const color = {
    condition: { test: "datum.verdict === 'noise'", value: "var(--quiet)" },
    value: "var(--c1)",
  };
  const head = (high - low) * 0.009; // so that its tip is at the edge
  const goesOn = [
    ...rows.filter((row) => row.low < low).map((row) => ({ ...row, edge: low + head, shape: "triangle-left" })),
    ...rows.filter((row) => row.high > high).map((row) => ({ ...row, edge: high - head, shape: "triangle-right" })),
  ];
  const arrowheads = {
    data: { values: goesOn },
    mark: { type: "point", filled: true, size: 70, opacity: 1 },
    encoding: {
      y,
      x: { ...x, field: "edge" },
      color,
      shape: { field: "shape", type: "nominal", scale: null },
    },
  };
  const point = (filled: boolean) => ({
    transform: [{ filter: `datum.verdict ${filled ? "===" : "!=="} 'clear'` }],
    mark: { type: "point", filled, fill: filled ? undefined : "var(--paper)", size: 60, strokeWidth: 2, opacity: 1 },
    encoding: { y, x, color },
  });
  return {
    config,
    ...size,
    data: { values: rows },
    layer: [
      { data: { values: [{}] }, mark: { type: "rule", color: "var(--ink)" }, encoding: { x: { datum: 0 } } },
      {
        mark: { type: "rule", strokeWidth: 2, clip: true },
        encoding: { y, x: { ...x, field: "low" }, x2: { field: "high" }, color },
      },
      ...(goesOn.length > 0 ? [arrowheads] : []),
      point(true),
      point(false),
      ...layers,
    ],
  };
}
