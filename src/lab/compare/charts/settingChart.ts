import { summarize } from "../../../core/tTests.js";
import { bySeed, finalLoss, type Group } from "../groups.js";
import { compareValues, labelOf, showValue } from "../runSettings.js";
import type { Spec } from "./render.js";
import { wrap } from "./rows.js";
import { linear, logAxis } from "./scales.js";
import { config, type Styles, size } from "./theme.js";

export const finalLossTitle = "final validation loss (nats per token)";

/** Numbers up to this many each have a place of their own; more stand along a scale. */
const mostPlaces = 8;

/**
 * Final validation loss by the values of one setting, of groups that have finished runs: a dot a seed, their mean and
 * one standard deviation to each side; means that agree in the `others` are joined where the values are numbers.
 */
export function settingChart(
  groups: readonly Group[],
  { setting, others }: { setting: string; others: readonly string[] },
  styles: Styles,
): Spec {
  const values = [...new Set(groups.map(({ settings }) => settings[setting]!))].sort(compareValues);
  const isScale = values.length > mostPlaces && values.every((value) => typeof value === "number");
  const series = [...new Set(groups.map(({ settings }) => labelOf(settings, others)))];
  const gap = Math.min(0.16, 0.7 / series.length); // between marks of one value, whose places are a whole number apart
  const means = groups.map((group) => {
    const { color, shape } = styles.of(group.settings);
    const losses = [...bySeed(group, finalLoss).values()];
    const { mean: loss, standardDeviation: s = 0 } = summarize(losses);
    const line = series.indexOf(labelOf(group.settings, others));
    const value = group.settings[setting]!;
    const place = isScale ? value : values.indexOf(value) + gap * (line - (series.length - 1) / 2);
    return { place, line, color, shape, loss, low: loss - s, high: loss + s, losses };
  });
  const seeds = means.flatMap((row) => row.losses.map((loss) => ({ ...row, loss })));
  const range = [...means.flatMap(({ low, high }) => [low, high]), ...seeds.map(({ loss }) => loss)];
  const x = isScale ? numbersAxis(setting, values as number[]) : placesAxis(setting, values.map(showValue));
  const y = { field: "loss", type: "quantitative", ...linear(range, finalLossTitle) };
  const place = { x, color: { field: "color", type: "nominal", scale: null } };
  const shape = { field: "shape", type: "nominal", scale: null };
  const join = {
    mark: { type: "line", strokeWidth: 1.2, opacity: 0.55 },
    encoding: { ...place, y, detail: { field: "line" } },
  };
  return {
    config,
    ...size,
    data: { values: means },
    layer: [
      ...(values.every((value) => typeof value === "number") ? [join] : []),
      {
        mark: { type: "rule", strokeWidth: 1.5 },
        encoding: { ...place, y: { ...y, field: "low" }, y2: { field: "high" } },
      },
      {
        mark: {
          type: "point",
          filled: false,
          size: styles.crowded ? 40 : 70,
          strokeWidth: styles.crowded ? 1.5 : 2,
          opacity: 1,
        },
        encoding: { ...place, y, shape },
      },
      {
        data: { values: seeds },
        mark: { type: "point", filled: true, shape: "circle", size: styles.crowded ? 8 : 16, opacity: 1 },
        encoding: { ...place, y },
      },
    ],
  };
}

/** A place for each name, a whole number apart. */
function placesAxis(title: string, names: readonly string[]): object {
  const lines = names.map((name) => wrap(name, 14));
  return {
    field: "place",
    type: "quantitative",
    title,
    scale: { domain: [-0.6, names.length - 0.4], nice: false, zero: false },
    axis: { values: names.map((_, i) => i), labelExpr: `${JSON.stringify(lines)}[datum.value]`, labelLimit: 0 },
  };
}

/** A scale of numbers, logarithmic where they span more than a factor of eight. */
function numbersAxis(title: string, values: readonly number[]): object {
  const [least, most] = [values[0]!, values.at(-1)!];
  const axis = least > 0 && most / least > 8 ? logAxis(title, [least / 1.2, most * 1.2]) : linear(values, title);
  return { field: "place", type: "quantitative", ...axis };
}
