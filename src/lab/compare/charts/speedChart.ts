import { type Group, speed, summaryOf } from "../groups.js";
import type { Spec } from "./render.js";
import { namedRows } from "./rows.js";
import { config } from "./theme.js";

/** Tokens a second of each group: a bar from 0 for the mean, a dot a seed. */
export function speedChart(groups: readonly Group[]): Spec {
  const done = groups.filter(({ finished }) => finished.length > 0);
  const bars = done.map((group) => ({ name: group.label, speed: summaryOf(group, speed)!.mean }));
  const seeds = done.flatMap(({ label, finished }) => finished.map((run) => ({ name: label, speed: speed(run) })));
  const { size, y, layers } = namedRows(bars.map(({ name }) => name));
  const x = {
    field: "speed",
    type: "quantitative",
    title: "tokens a second",
    scale: { zero: true },
    axis: { format: ",", tickCount: 4, grid: true },
  };
  return {
    config,
    ...size,
    data: { values: bars },
    layer: [
      { mark: { type: "bar", color: "var(--c1)", opacity: 0.35, size: 12 }, encoding: { y, x } },
      {
        data: { values: seeds },
        mark: { type: "point", filled: true, shape: "circle", size: 20, color: "var(--c1)", opacity: 1 },
        encoding: { y, x },
      },
      ...layers,
    ],
  };
}
